package compiler

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/contract"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// contracts verifies what was emitted and returns the report with its signature as files, and what is wrong as diagnostics.
func (b *build) contracts(ctx context.Context, files []output.File, suppressed []diagnostics.Suppressed) ([]output.File, []diagnostics.Diagnostic, error) {
	settings := contract.SettingsOf(b.p.Config.Source)
	in := b.verification(files, suppressed, settings)
	in.Stopped = func() bool { return ctx.Err() != nil }
	report := contract.Verify(in)
	grants, err := b.grants(ctx)
	if err != nil {
		return nil, nil, err
	}
	report.Grants = grants
	found := b.violated(report.Violations, settings)
	if !settings.Report {
		return nil, found, nil
	}
	raw, err := contract.Canonical(report)
	if err != nil {
		return nil, nil, err
	}
	out := []output.File{{Path: reportFile(settings.Path), Content: raw}}
	if !settings.Signature {
		return out, found, nil
	}
	key, err := settings.SigningKey(b.o.Getenv)
	if err != nil || key == nil && settings.Required && !b.o.Unsigned {
		found = append(found, b.keyMissing(settings, err))
		if !settings.Warn {
			return nil, found, nil
		}
	}
	signature, envelope, err := contract.Sign(raw, report, settings.Path, key)
	if err != nil {
		return nil, nil, err
	}
	content, err := json.MarshalIndent(signature, "", "  ")
	if err != nil {
		return nil, nil, err
	}
	out = append(out, output.File{Path: reportFile(settings.SignaturePath), Content: append(content, '\n')})
	if envelope != nil {
		out = append(out, output.File{Path: reportFile(contract.EnvelopePath(settings.Path)), Content: envelope})
	}
	return out, found, nil
}

func reportFile(path string) text.Path { return text.Path(contract.Folder + "/" + path) }

// reportFiles are where the report and what signs it are written.
func reportFiles(s contract.Settings) []text.Path {
	return []text.Path{reportFile(s.Path), reportFile(s.SignaturePath), reportFile(contract.EnvelopePath(s.Path))}
}

// contents are the contents of files by their paths.
func contents(files []output.File) map[text.Path][]byte {
	out := make(map[text.Path][]byte, len(files))
	for _, f := range files {
		out[f.Path] = f.Content
	}
	return out
}

func (b *build) verification(files []output.File, suppressed []diagnostics.Suppressed, s contract.Settings) contract.Input {
	in := contract.Input{Project: b.p, Files: files, Library: contents(b.library), Prefixes: b.prefixes, Version: b.o.Version, GeneratedAt: b.o.GeneratedAt, FailMode: "error",
		Source: func(p text.Path) (string, bool) {
			if f := b.s.File(p); f != nil {
				return f.Text, true
			}
			return "", false
		}}
	if s.Warn {
		in.FailMode = "warn"
	}
	in.Memo, in.Declared = b.memory.contracts, b.declared
	in.SourceHash = func(p text.Path) (text.Hash, bool) {
		if f := b.s.File(p); f != nil {
			return f.Hash, true
		}
		return text.Hash{}, false
	}
	for p := range b.s.Files.Under(b.p.Root) {
		in.Sources = append(in.Sources, p)
	}
	for _, x := range suppressed {
		line := 1
		if f := b.s.File(x.At.Path); f != nil {
			line = 1 + strings.Count(f.Text[:min(int(x.At.Span.Start), len(f.Text))], "\n")
		}
		in.Suppressed = append(in.Suppressed, contract.Suppression{Code: string(x.Rule.Code), Reason: x.Reason, File: strings.TrimPrefix(string(x.At.Path), string(b.p.Root)+"/"), Line: line, Message: x.Message})
	}
	return in
}

// violated turns violations into diagnostics: at the line of the author's module where one was linked, else at the resource.
func (b *build) violated(violations []contract.Violation, s contract.Settings) []diagnostics.Diagnostic {
	rules := map[string]*diagnostics.Rule{}
	for _, r := range contract.Rules() {
		rules[string(r.Code)] = r
		if s.Warn {
			rules[string(r.Code)] = r.With(diagnostics.Warning)
		}
	}
	if len(violations) == 0 {
		return nil
	}
	sources := map[string]text.Path{}
	for p := range b.s.Files.Under(b.p.Root) {
		sources[string(contract.LinkedPath(b.p, p))] = p
	}
	var out []diagnostics.Diagnostic
	for _, v := range violations {
		d := diagnostics.Diagnostic{Rule: rules[v.Code], At: text.Place{Path: b.p.Config.Path}, Key: v.Resource + "." + v.Subject,
			Message: fmt.Sprintf("%s (%s:%d:%d)", strings.TrimSuffix(v.Message, "."), v.File, v.Range.Line, v.Range.Column)}
		if len(v.Declared)+len(v.Emitted) < 300 {
			d.Message += fmt.Sprintf(": declared %s, emitted %s", v.Declared, v.Emitted)
		}
		d.Message += "."
		if source, ok := sources[v.File]; ok {
			d.At = lineOf(b.s.File(source), source, v.Range.Line)
		} else if r := b.p.Resource(model.ID(v.Resource)); r != nil {
			d.At = r.Place(r.Firewall.At)
		}
		out = append(out, d)
	}
	return out
}

// lineOf is a line of a file without its indentation.
func lineOf(f *text.File, path text.Path, line int) text.Place {
	at := text.Place{Path: path}
	if f == nil {
		return at
	}
	start := 0
	for ; line > 1; line-- {
		start += strings.IndexByte(f.Text[start:], '\n') + 1
	}
	end := len(f.Text)
	if n := strings.IndexByte(f.Text[start:], '\n'); n >= 0 {
		end = start + n
	}
	trimmed := strings.TrimLeft(f.Text[start:end], " \t")
	at.Span = text.Span{Start: int32(end - len(trimmed)), End: int32(end)}
	return at
}

func (b *build) keyMissing(s contract.Settings, why error) diagnostics.Diagnostic {
	rule := contract.KeyMissing
	if s.Warn {
		rule = rule.With(diagnostics.Warning)
	}
	at := text.Place{Path: b.p.Config.Path}
	if config := b.s.Definition(b.p.Config.Path); config != nil && b.p.Config.Source.Contracts != nil {
		at = config.Place(b.p.Config.Source.Contracts.Signature.Required.At)
	}
	message := fmt.Sprintf("The report must be signed, and the environment variable %s holds no key.", s.KeyEnv)
	if why != nil {
		message = fmt.Sprintf("The report cannot be signed: %v.", why)
	}
	return diagnostics.Diagnostic{Rule: rule, At: at, Message: message, Key: "securityContracts.signature",
		Help: fmt.Sprintf("Set %s to a secret, or to an Ed25519 private key in PEM (openssl genpkey -algorithm ed25519).", s.KeyEnv)}
}

// Verify reads back the files of a project's backend, wherever they come from, and reports what they say otherwise than the definitions.
// The report's own files among them are left alone. The error is ErrNoProject.
func Verify(s *analysis.Snapshot, root text.Path, files []output.File, o Options) (*contract.Report, error) {
	p := s.Project(root)
	if p == nil {
		return nil, fmt.Errorf("%s: %w", root, ErrNoProject)
	}
	b := newBuild(s, p, o)
	if _, _, err := b.code(context.Background()); err != nil { // the library that the project needs is known once its code is
		return nil, fmt.Errorf("the library of %s: %w", root, err)
	}
	settings := contract.SettingsOf(p.Config.Source)
	mine := reportFiles(settings)
	kept := slices.DeleteFunc(slices.Clone(files), func(f output.File) bool { return slices.Contains(mine, f.Path) })
	return contract.Verify(b.verification(kept, nil, settings)), nil
}
