;; Drives eglot in a real Emacs, as a person would, and prints what became of each step as a line of JSON.  ROOT is a copy of the sample,
;; SERVER the program.
(dolist (dir '("/usr/share/emacs/site-lisp/elpa/" "/usr/share/emacs/site-lisp/elpa-src/"))
  (when (file-directory-p dir)
    (let ((default-directory dir)) (normal-top-level-add-subdirs-to-load-path))))
(require 'eglot)
(require 'json)
(defconst patience (* 20 60) "Seconds: more than the slowest machine takes for anything.")
(setq eglot-sync-connect patience eglot-connect-timeout patience eglot-confirm-server-initiated-edits nil eglot-send-changes-idle-time 0
      eglot-events-buffer-size 0 make-backup-files nil auto-save-default nil create-lockfiles nil vc-handled-backends nil)
(define-derived-mode quickback-mode js-mode "Quickback")
(add-to-list 'auto-mode-alist '("\\.ts\\'" . quickback-mode))
(add-to-list 'eglot-server-programs
             `((quickback-mode :language-id "typescript")
               . (,(getenv "SERVER") "lsp" :initializationOptions (:trusted t :compileOnSave t))))

(defvar root (file-name-as-directory (getenv "ROOT")))
(defun say (step value) (princ (concat (json-encode `((step . ,step) (value . ,value))) "\n")))
(defun ask (method params) (jsonrpc-request (eglot-current-server) method params :timeout patience))
(defun until (holds what)
  (let ((end (+ (float-time) patience)))
    (while (not (funcall holds))
      (when (> (float-time) end) (error "%s" what))
      (accept-process-output nil 0.05))))
;; Everything that was sent is answered; what was published is shown with a later turn of the loop.
(defun settled (shown)
  (eglot--signal-textDocument/didChange)
  (ask :qbls/settled nil)
  (until (lambda () (flymake-start) (funcall shown (string-join (messages) "\n"))) "it is not shown"))
(defun on (text offset) (goto-char (point-min)) (search-forward text) (goto-char (+ (match-beginning 0) offset)))
(defun messages () (mapcar #'flymake-diagnostic-text (flymake-diagnostics)))
(defun file (path) (concat root "quickback/features/" path))

;; Eglot asks before it edits other files; the person says yes.
(fset 'y-or-n-p (lambda (&rest _) t))
(setq project-find-functions (list (lambda (_) (cons 'transient root))))
(condition-case problem
    (progn
      (find-file (file "applications/applications.ts"))
      (apply #'eglot--connect (eglot--guess-contact))
      (eglot--maybe-activate-editing-mode)
      (settled (lambda (all) (string-match-p "nots" all)))
      (say "diagnostics" (vconcat (messages)))

      (on "'nots'" 2)
      (let* ((actions (ask :textDocument/codeAction
                           `(:textDocument ,(eglot--TextDocumentIdentifier)
                             :range (:start ,(eglot--pos-to-lsp-position (match-beginning 0)) :end ,(eglot--pos-to-lsp-position (match-end 0)))
                             :context (:diagnostics ,(vconcat (mapcar (lambda (d) (cdr (assoc 'eglot-lsp-diag (flymake--diag-data d)))) (flymake-diagnostics)))))))
             (fix (seq-find (lambda (a) (equal (plist-get a :kind) "quickfix")) actions)))
        (unless (plist-get fix :edit) (setq fix (ask :codeAction/resolve fix)))
        (eglot--apply-workspace-edit (plist-get fix :edit) nil)
        (settled (lambda (all) (not (string-match-p "nots" all))))
        (say "fixed" `((title . ,(plist-get fix :title)) (diagnostics . ,(vconcat (messages))))))

      (on "updatable: ['notes', 'referredById']" 0)
      (delete-region (line-beginning-position) (line-end-position))
      (insert "    updatable: ['not")
      (eglot--signal-textDocument/didChange)
      (let* ((capf (eglot-completion-at-point))
             (found (all-completions "" (nth 2 capf))))
        (say "completion" (vconcat (mapcar #'substring-no-properties found))))
      (delete-region (line-beginning-position) (line-end-position))
      (insert "    updatable: ['notes', 'referredById'],")
      (eglot--signal-textDocument/didChange)

      (on "rejectionReason: text" 3)
      (say "hover" (plist-get (plist-get (ask :textDocument/hover (eglot--TextDocumentPositionParams)) :contents) :value))

      (on "references(() => candidates.id" 20)
      (let ((xref-prompt-for-identifier nil)) (xref-find-definitions (xref-backend-identifier-at-point 'eglot)))
      (say "jump" (vector (file-name-nondirectory buffer-file-name) (buffer-substring-no-properties (line-beginning-position) (line-end-position))))

      (find-file (file "applications/applications.ts"))
      (on "rejectionReason: text" 3)
      (eglot-rename "reasonToReject")
      (save-some-buffers t)
      (settled (lambda (all) (not (string-match-p "rejectionReason" all))))
      (say "renamed" `((actions . ,(with-temp-buffer (insert-file-contents (file "applications/actions.ts")) (if (search-forward "reasonToReject" nil t) t :json-false)))
                       (diagnostics . ,(vconcat (messages)))))
      (until (lambda () (equal (plist-get (ask :qbls/status nil) :state) "upToDate")) "the output is not up to date")
      (say "compiled" (with-temp-buffer (insert-file-contents (concat root "backend/src/features/applications/applications.resource.ts")) (vconcat (split-string (buffer-string) "\n"))))
      ;; The project is nobody's to remove before the server has ended.
      (eglot-shutdown (eglot-current-server) nil patience))
  (error (say "failed" (format "%S" problem))))
(kill-emacs 0)
