package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/qbls/qbls/compiler/contract"
)

func reportCommand() *cobra.Command {
	var html string
	cmd := &cobra.Command{
		Use:   "report [dir] --html FILE",
		Short: "The security contract report of a compiled backend",
		Long: "qbls compile verifies what it emits and writes a report of it to quickback/reports. `report verify` checks that report; `report --html`\n" +
			"draws what the definitions grant and what was proven into one page for people, without writing any output.",
		Example: "  qbls report --html policy.html\n  qbls report verify",
		Args:    takes(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if html == "" {
				if len(args) > 0 {
					return unreadable("say what to do: qbls report verify %s, or qbls report %s --html FILE", args[0], args[0])
				}
				return cmd.Help()
			}
			return reportPage(cmd.Context(), args, html, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().StringVar(&html, "html", "", "write a page for people to this file; - is standard output")
	cmd.AddCommand(reportVerifyCommand())
	return cmd
}

// trusted are the flags that say whose signature counts.
type trusted struct {
	keyEnv, publicKey, keyID string
	digest                   bool
}

func reportVerifyCommand() *cobra.Command {
	var t trusted
	var report string
	cmd := &cobra.Command{
		Use:   "verify [dir]",
		Short: "Check that a report is whole, signed, and about the files on disk",
		Long: "Checks digest and signature of the report of a compiled backend, and that the files on disk are those that were verified.\n" +
			"dir is the folder of the output, or the project. A signed report needs the signer's key: the secret in the variable that --key-env\n" +
			"names, or the public key in the file that --public-key names. It needs no definitions and runs nothing.\n\n" +
			"Exit codes: 0 verified, 1 something is wrong (each line says which file), 2 usage or unreadable files, 3 qbls itself failed.",
		Args: takes(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			out, settings, err := reportedOutput(args)
			if err != nil {
				return err
			}
			if report != "" {
				settings.Path, settings.SignaturePath = report, contract.SignaturePath(report)
			}
			trust, err := t.read(settings)
			if err != nil {
				return err
			}
			checked, err := contract.Check(os.DirFS(out), path.Join(contract.Folder, settings.Path), path.Join(contract.Folder, settings.SignaturePath), trust)
			if err != nil {
				return unreadable("%s: %w", out, err)
			}
			return tell(cmd, out, checked)
		},
	}
	cmd.Flags().StringVar(&report, "report", "", "path of the report, relative to the output's quickback folder")
	cmd.Flags().StringVar(&t.keyEnv, "key-env", "", "variable that holds the secret (the configuration's keyEnv, else "+contract.DefaultKeyEnv+")")
	cmd.Flags().StringVar(&t.publicKey, "public-key", "", "file with the signer's Ed25519 public key in PEM")
	cmd.Flags().StringVar(&t.keyID, "key-id", "", "accept a signature of this key only")
	cmd.Flags().BoolVar(&t.digest, "digest-only", false, "do not verify who signed")
	return cmd
}

// reportedOutput finds the output: a folder that holds a report, else that of a project.
func reportedOutput(args []string) (string, contract.Settings, error) {
	folder := "."
	if len(args) > 0 {
		folder = args[0]
	}
	settings := contract.SettingsOf(nil)
	if _, err := os.Stat(filepath.Join(folder, contract.Folder, filepath.FromSlash(settings.Path))); err == nil {
		return folder, settings, nil
	}
	w, root, err := openProject(args)
	if err != nil {
		return "", settings, unreadable("%s holds no report (%s/%s) and no project", folder, contract.Folder, settings.Path)
	}
	return outputFolder(w.folder, w.Current(), root), contract.SettingsOf(w.Current().Project(root).Config.Source), nil
}

func (t trusted) read(s contract.Settings) (contract.Trust, error) {
	trust := contract.Trust{KeyID: t.keyID, Digest: t.digest}
	if t.publicKey != "" {
		content, err := os.ReadFile(t.publicKey)
		if err != nil {
			return trust, unreadable("the public key: %w", err)
		}
		if trust.Public, err = contract.ParsePublicKey(string(content)); err != nil {
			return trust, unreadable("%s: %w", t.publicKey, err)
		}
		return trust, nil
	}
	name := t.keyEnv
	if name == "" {
		name = s.KeyEnv
	}
	text := os.Getenv(name)
	if text == "" && t.keyEnv != "" {
		return trust, unreadable("the variable %s that --key-env names is not set", name)
	}
	if text == "" {
		return trust, nil
	}
	key, err := contract.ParseKey(text, "")
	if err != nil {
		return trust, unreadable("%s: %w", name, err)
	}
	trust.Secret, trust.Public = key.Verifies()
	return trust, nil
}

// tell prints what was found; problems are an exit of 1.
func tell(cmd *cobra.Command, out string, c *contract.Checked) error {
	w := cmd.OutOrStdout()
	for _, p := range c.Problems {
		fmt.Fprintf(w, "%s: %s\n", filepath.Join(out, filepath.FromSlash(p.File)), p.Message)
	}
	if n := len(c.Problems); n > 0 {
		return exit{exitErrors, fmt.Errorf("the report does not hold: %d %s", n, map[bool]string{true: "problem", false: "problems"}[n == 1])}
	}
	for _, note := range c.Notes {
		fmt.Fprintln(w, "Note: "+note)
	}
	held := 0
	for _, o := range c.Report.Contracts {
		if o.Status == contract.Pass {
			held++
		}
	}
	signed := "not signed"
	if c.Signature.Signed {
		signed = fmt.Sprintf("signed (%s, key %q)", c.Signature.Algorithm, c.Signature.KeyID)
	}
	fmt.Fprintf(w, "%s: %d files are those that were verified, %d contracts hold, %d do not apply; %s.\n", out, len(c.Report.Outputs), held, len(c.Report.Contracts)-held, signed)
	return nil
}
