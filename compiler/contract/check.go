package contract

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// Problem is why a report does not hold, and in which file.
type Problem struct {
	File    string // relative to the output
	Message string // with what to do about it
}

// Checked is what checking a report found.
type Checked struct {
	Report    *Report    // nil when it cannot be read
	Signature *Signature // nil when there is none
	Problems  []Problem
	Notes     []string // what was not shown, though nothing is wrong
}

// Trust is what a reader knows of those who sign. The zero value knows nobody: a report without a signature is then good for its
// digests, and a signed one is not taken on its own word.
type Trust struct {
	Secret []byte            // of HMAC
	Public ed25519.PublicKey // of Ed25519
	KeyID  string            // the only key that is accepted; "" for any
	Digest bool              // digests are enough, whoever signed
}

// Check reads the report of an output, its signature and its envelope, and compares them with each other and with the emitted files.
// Paths are relative to the output. The error says that a file cannot be read.
func Check(output fs.FS, reportPath, signaturePath string, trust Trust) (*Checked, error) {
	c := &checker{output: output, trust: trust, reportPath: reportPath, signaturePath: signaturePath, Checked: &Checked{}}
	raw, err := fs.ReadFile(output, reportPath)
	if err != nil {
		return nil, fmt.Errorf("there is no report: %w", err)
	}
	c.report(raw)
	signature, err := fs.ReadFile(output, signaturePath)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.problem(signaturePath, "The report has no signature file, so nothing shows that it is whole. Compile again.")
	case err != nil:
		return nil, err
	default:
		c.signature(raw, signature)
	}
	if c.Report != nil {
		if err := c.files(); err != nil {
			return nil, err
		}
	}
	return c.Checked, nil
}

type checker struct {
	*Checked
	output                    fs.FS
	trust                     Trust
	reportPath, signaturePath string
}

func (c *checker) problem(file, format string, args ...any) {
	c.Problems = append(c.Problems, Problem{file, fmt.Sprintf(format, args...)})
}

// report reads the report: exactly one form of it is right.
func (c *checker) report(raw []byte) {
	var r Report
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		at := d.InputOffset()
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			at = syntax.Offset
		}
		c.problem(c.reportPath, "The report is damaged near byte %d: %v.", at, err)
		return
	}
	if r.Kind != ReportKind || r.SchemaVersion != SchemaVersion {
		c.problem(c.reportPath, "This is no report of this version: it is %q, version %q.", r.Kind, r.SchemaVersion)
		return
	}
	c.Report = &r
	if want, err := Canonical(&r); err != nil {
		c.problem(c.reportPath, "%v.", err)
	} else if at, same := firstDifference(string(want), string(raw)); !same {
		c.problem(c.reportPath, "Byte %d of the report is not as qbls writes it: the file was edited or formatted.", at)
	}
	if r.Summary.Status != Pass {
		c.problem(c.reportPath, "The report itself says %s, with %d violations.", r.Summary.Status, r.Summary.TotalViolations)
	}
}

// signature reads the signature file and compares it with the report.
func (c *checker) signature(raw, file []byte) {
	var s Signature
	d := json.NewDecoder(bytes.NewReader(file))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		c.problem(c.signaturePath, "The signature file is damaged near byte %d: %v.", d.InputOffset(), err)
		return
	}
	c.Signature = &s
	if s.Kind != SignatureKind || s.SchemaVersion != SchemaVersion {
		c.problem(c.signaturePath, "This is no signature of this version: it is %q, version %q.", s.Kind, s.SchemaVersion)
		return
	}
	if path.Join(Folder, s.ReportPath) != c.reportPath {
		c.problem(c.signaturePath, "The signature is of %s, not of this report.", s.ReportPath)
	}
	if c.Report != nil && s.GeneratedAt != c.Report.GeneratedAt {
		c.problem(c.signaturePath, "The signature is of %s, the report of %s.", s.GeneratedAt, c.Report.GeneratedAt)
	}
	whole := s.ReportSHA256 == digest(raw)
	switch s.Algorithm {
	case SHA256:
		c.digest(s, whole)
	case HMACSHA256:
		c.hmac(raw, s, whole)
	case Ed25519:
		c.envelope(raw, s, whole)
	default:
		c.problem(c.signaturePath, "The signature is of an algorithm that this version does not know: %q.", s.Algorithm)
	}
}

func (c *checker) changed(s Signature) {
	c.problem(c.reportPath, "The report was changed after it was made: its SHA-256 is not %s, which the signature file names.", s.ReportSHA256)
}

func (c *checker) digest(s Signature, whole bool) {
	switch {
	case s.Signed || s.KeyID != "":
		c.problem(c.signaturePath, "The file calls a digest a signature.")
	case s.Signature != s.ReportSHA256:
		c.problem(c.signaturePath, "The signature file was changed: its two digests differ.")
	case !whole:
		c.changed(s)
	case c.trust.Secret != nil || c.trust.Public != nil:
		c.problem(c.signaturePath, "The report is not signed, and a key was given to verify it with. Compile with the signing key set.")
	default:
		c.Notes = append(c.Notes, Unsigned)
	}
}

// untrusted says that there is no key to verify a signature with.
func (c *checker) untrusted(s Signature, whole bool, remedy string) {
	if !whole {
		c.changed(s)
	}
	if c.trust.Digest {
		c.Notes = append(c.Notes, fmt.Sprintf("The signature by the key %q was not verified: only digests were asked for.", s.KeyID))
		return
	}
	c.problem(c.signaturePath, "The report is signed with %s by the key %q, and no key was given to verify it with. %s", s.Algorithm, s.KeyID, remedy)
}

func (c *checker) otherKey(s Signature) bool {
	if c.trust.KeyID == "" || c.trust.KeyID == s.KeyID {
		return false
	}
	c.problem(c.signaturePath, "The report is signed by the key %q, where %q is the one to trust.", s.KeyID, c.trust.KeyID)
	return true
}

func (c *checker) hmac(raw []byte, s Signature, whole bool) {
	if c.trust.Secret == nil {
		c.untrusted(s, whole, "Set the variable that --key-env names to the secret.")
		return
	}
	c.otherKey(s)
	got, err := hex.DecodeString(s.Signature)
	h := hmac.New(sha256.New, c.trust.Secret)
	h.Write(raw)
	right := err == nil && hmac.Equal(got, h.Sum(nil)) && s.Signed
	switch {
	case right && !whole:
		c.problem(c.signaturePath, "The signature file was changed: reportSha256 is not the digest of the report, which is signed rightly.")
	case right && s.KeyCheck != keyCheck(c.trust.Secret):
		c.problem(c.signaturePath, "The signature file was changed: keyCheck is not that of the key.")
	case right:
	case s.KeyCheck != keyCheck(c.trust.Secret):
		c.problem(c.signaturePath, "The key is not the one that signed (key id %q): the secret differs.", s.KeyID)
		if !whole {
			c.changed(s)
		}
	case whole:
		c.problem(c.signaturePath, "The signature file was changed: the key and the report are right, the signature is not.")
	default:
		c.changed(s)
	}
}

func (c *checker) envelope(raw []byte, s Signature, whole bool) {
	if c.trust.Public == nil {
		c.untrusted(s, whole, "Give the signer's public key with --public-key; that in the file proves nothing about whose it is.")
		return
	}
	c.otherKey(s)
	file := path.Join(Folder, s.EnvelopePath)
	content, err := fs.ReadFile(c.output, file)
	if err != nil {
		c.problem(file, "The envelope of the signature cannot be read: %v.", err)
		return
	}
	if s.PublicKey != publicPEM(c.trust.Public) {
		c.problem(c.signaturePath, "The key is not the one that signed: the public key given is another than the one in the file (key id %q).", s.KeyID)
	}
	statement, e, err := opened(content, c.trust.Public, s.KeyID)
	switch {
	case err != nil:
		c.problem(file, "The envelope does not verify: %v.", err)
		return
	case !s.Signed || e.Signatures[0].Sig != s.Signature || e.Signatures[0].KeyID != s.KeyID:
		c.problem(c.signaturePath, "The signature file was changed: its signature is not that of the envelope.")
	}
	if canonical, err := Canonical(e); err != nil || !bytes.Equal(canonical, content) {
		at, _ := firstDifference(string(canonical), string(content))
		c.problem(file, "Byte %d of the envelope is not as qbls writes it.", at)
	}
	if statement.PredicateType != PredicateType || len(statement.Subject) == 0 || statement.Subject[0].Digest["sha256"] != digest(raw) {
		c.problem(c.reportPath, "The report is not the one that was signed: its SHA-256 is not that of the envelope.")
	} else if !whole {
		c.problem(c.signaturePath, "The signature file was changed: reportSha256 is not the digest of the report, which is signed rightly.")
	}
}

// files compares the emitted files on disk with those of the report.
func (c *checker) files() error {
	known := map[string]bool{c.reportPath: true, c.signaturePath: true}
	for _, o := range c.Report.Outputs {
		known[o.Path] = true
		content, err := fs.ReadFile(c.output, o.Path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			c.problem(o.Path, "The file is reported and does not exist.")
		case err != nil:
			return err
		case digest(content) != o.SHA256:
			c.problem(o.Path, "The file is not the one that was verified: its SHA-256 is %s, the reported one %s.", digest(content), o.SHA256)
		}
	}
	if err := c.strangers(known); err != nil {
		return err
	}
	for _, o := range overrides {
		if _, err := fs.Stat(c.output, o.file); err == nil && o.runtime == c.Report.Target.Runtime {
			c.problem(o.file, "%s: nobody has verified it. Remove it from the output.", o.why)
		}
	}
	return nil
}

// overrides are files that by being there change what the verified ones do, on one runtime.
var overrides = []struct{ runtime, file, why string }{
	{"bun", "bunfig.toml", "Bun reads this file before src/index.ts, and it can name code that runs first"},
	{"cloudflare", "wrangler.json", "wrangler takes this file instead of the wrangler.toml that was verified"},
	{"cloudflare", "wrangler.jsonc", "wrangler takes this file instead of the wrangler.toml that was verified"},
	{"cloudflare", ".wrangler/deploy/config.json", "wrangler deploys what this file names instead of the wrangler.toml that was verified"},
}

// strangers reports what runs because of where it lies: modules, and migrations, of which wrangler applies every one in the folder.
func (c *checker) strangers(known map[string]bool) error {
	for _, in := range []struct{ folder, ending, why string }{
		{"src", "", "The file is in src and not in the report: nobody has verified it, and it can run."},
		{"quickback/drizzle", ".sql", "The migration is not in the report: nobody has verified it, and it can be applied."},
	} {
		err := fs.WalkDir(c.output, in.folder, func(p string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && !known[p] && !strings.HasPrefix(d.Name(), ".") && strings.HasSuffix(p, in.ending) {
				c.problem(p, "%s", in.why)
			}
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // missing files are said by name
			return err
		}
	}
	return nil
}
