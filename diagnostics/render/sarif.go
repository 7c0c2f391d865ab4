package render

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// The parts of SARIF 2.1.0 (OASIS Standard, March 2020) that are written; the section numbers are the standard's.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct { // 3.14
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		ColumnKind  string            `json:"columnKind"`
		Results     []sarifResult     `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct { // 3.19
		Name            string      `json:"name"`
		SemanticVersion string      `json:"semanticVersion,omitempty"`
		InformationURI  string      `json:"informationUri"`
		Rules           []sarifRule `json:"rules"`
	}
	sarifInvocation struct {
		ExecutionSuccessful bool `json:"executionSuccessful"`
	}
	sarifRule struct { // 3.49, reportingDescriptor
		ID            string             `json:"id"`
		Short         sarifText          `json:"shortDescription"`
		Full          sarifText          `json:"fullDescription"`
		Help          sarifText          `json:"help"`
		HelpURI       string             `json:"helpUri,omitempty"`
		Configuration sarifConfiguration `json:"defaultConfiguration"`
		Properties    sarifProperties    `json:"properties"`
	}
	sarifConfiguration struct {
		Level string `json:"level"`
	}
	sarifProperties struct {
		Tags []string `json:"tags"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct { // 3.27
		RuleID       string             `json:"ruleId"`
		RuleIndex    *int               `json:"ruleIndex,omitempty"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations"`
		Related      []sarifLocation    `json:"relatedLocations,omitempty"`
		Fingerprints map[string]string  `json:"partialFingerprints"`
		Fixes        []sarifFix         `json:"fixes,omitempty"`
		Suppressions []sarifSuppression `json:"suppressions"` // all or none have it (3.27.23)
	}
	sarifLocation struct { // 3.28
		ID       int           `json:"id,omitempty"`
		Physical sarifPhysical `json:"physicalLocation"`
		Message  *sarifText    `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct { // 3.30; lines and columns begin with 1
		StartLine   uint32 `json:"startLine"`
		StartColumn uint32 `json:"startColumn"`
		EndLine     uint32 `json:"endLine"`
		EndColumn   uint32 `json:"endColumn"`
	}
	sarifFix struct { // 3.55
		Description sarifText     `json:"description"`
		Changes     []sarifChange `json:"artifactChanges"`
	}
	sarifChange struct {
		Artifact     sarifArtifact      `json:"artifactLocation"`
		Replacements []sarifReplacement `json:"replacements"`
	}
	sarifReplacement struct {
		Deleted  *sarifRegion `json:"deletedRegion"`
		Inserted *sarifText   `json:"insertedContent,omitempty"`
	}
	sarifSuppression struct { // 3.35
		Kind          string        `json:"kind"`
		Justification string        `json:"justification"`
		Location      sarifLocation `json:"location"`
	}
)

// SARIF writes the Static Analysis Results Interchange Format, version 2.1.0: all rules, every finding with its fixes and a
// fingerprint that survives moved lines, and what comments suppress, as suppressed.
func SARIF(w io.Writer, in Input) error {
	run := sarifRun{
		Tool:        sarifTool{sarifDriver{Name: "qbls", SemanticVersion: in.Version, InformationURI: "https://github.com/qbls/qbls", Rules: []sarifRule{}}},
		Invocations: []sarifInvocation{{ExecutionSuccessful: true}}, ColumnKind: "utf16CodeUnits", Results: []sarifResult{},
	}
	b := sarifBuilder{in: in, index: map[diagnostics.Code]int{}}
	if in.Catalogue != nil {
		for r := range in.Catalogue.All() {
			b.index[r.Code] = len(run.Tool.Driver.Rules)
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, b.rule(r))
		}
	}
	known := fingerprints{}
	for _, p := range ordered(in.Projects) {
		for _, d := range p.Diagnostics {
			run.Results = append(run.Results, b.result(p, d, known.of(p, d)))
		}
		for _, s := range p.Suppressed {
			r := b.result(p, s.Diagnostic, known.of(p, s.Diagnostic))
			r.Suppressions = append(r.Suppressions, sarifSuppression{Kind: "inSource", Justification: s.Reason, Location: sarifLocation{Physical: physical(p, s.By)}})
			run.Results = append(run.Results, r)
		}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}})
}

type sarifBuilder struct {
	in    Input
	index map[diagnostics.Code]int
}

func (b sarifBuilder) rule(r *diagnostics.Rule) sarifRule {
	out := sarifRule{
		ID: string(r.Code), Short: sarifText{r.Title}, Full: sarifText{r.Why}, Help: sarifText{r.Fix},
		Configuration: sarifConfiguration{sarifLevel(r.Severity)}, Properties: sarifProperties{Tags: []string{diagnostics.FamilyKey(r.Code)}},
	}
	if b.in.RuleURL != nil {
		out.HelpURI = b.in.RuleURL(r.Code)
	}
	if len(r.CWE) > 0 {
		out.Properties.Tags = append(out.Properties.Tags, "security")
	}
	for _, n := range r.CWE {
		out.Properties.Tags = append(out.Properties.Tags, fmt.Sprintf("external/cwe/cwe-%03d", n))
	}
	return out
}

func sarifLevel(s diagnostics.Severity) string {
	return map[diagnostics.Severity]string{diagnostics.Error: "error", diagnostics.Warning: "warning", diagnostics.Info: "note"}[s]
}

func (b sarifBuilder) result(p Project, d diagnostics.Diagnostic, fingerprint string) sarifResult {
	code, severity := codeOf(d)
	out := sarifResult{
		RuleID: string(code), Level: sarifLevel(severity), Message: sarifText{messageOf(d)}, Suppressions: []sarifSuppression{},
		Locations: []sarifLocation{{Physical: physical(p, d.At)}}, Fingerprints: map[string]string{"qbls/v1": fingerprint},
	}
	if i, ok := b.index[code]; ok {
		out.RuleIndex = &i
	}
	for i, r := range d.Related {
		out.Related = append(out.Related, sarifLocation{ID: i + 1, Physical: physical(p, r.At), Message: &sarifText{r.Message}})
	}
	for _, f := range d.Fixes {
		if fix, ok := sarifFixOf(p, f); ok {
			out.Fixes = append(out.Fixes, fix)
		}
	}
	return out
}

// sarifFixOf returns a fix whose files can be placed.
func sarifFixOf(p Project, f diagnostics.Fix) (sarifFix, bool) {
	out := sarifFix{Description: sarifText{f.Title}}
	for _, path := range slices.Sorted(maps.Keys(f.Edits)) {
		change := sarifChange{Artifact: sarifArtifact{artifactURI(p.shown(path))}}
		for _, e := range f.Edits[path] {
			region := regionOf(p, text.Place{Path: path, Span: e.Span})
			if region == nil {
				return out, false
			}
			r := sarifReplacement{Deleted: region}
			if e.New != "" {
				r.Inserted = &sarifText{e.New}
			}
			change.Replacements = append(change.Replacements, r)
		}
		if len(change.Replacements) > 0 {
			out.Changes = append(out.Changes, change)
		}
	}
	return out, len(out.Changes) > 0
}

func physical(p Project, at text.Place) sarifPhysical {
	return sarifPhysical{Artifact: sarifArtifact{artifactURI(p.shown(at.Path))}, Region: regionOf(p, at)}
}

func regionOf(p Project, at text.Place) *sarifRegion {
	file := p.file(at.Path)
	if file == nil {
		return nil
	}
	start, end := file.Position(int(at.Span.Start), text.UTF16), file.Position(int(at.Span.End), text.UTF16)
	return &sarifRegion{start.Line + 1, start.Character + 1, end.Line + 1, end.Character + 1}
}

// artifactURI is a path as a URI reference (RFC 3986): relative to where the command ran, or a file URI.
func artifactURI(path string) string {
	u := url.URL{Path: path}
	switch {
	case strings.HasPrefix(path, "/"):
		u.Scheme = "file"
	case len(path) > 2 && path[1] == ':' && path[2] == '/':
		u.Scheme, u.Path = "file", "/"+path
	}
	return u.String()
}
