package render

import (
	"encoding/json"
	"io"

	"github.com/qbls/qbls/diagnostics/text"
)

// The document of the json format. Its field names are a promise to scripts: they change only together with version.
type (
	document struct {
		Version  int           `json:"version"`
		Projects []jsonProject `json:"projects"`
		Summary  summary       `json:"summary"`
	}
	jsonProject struct {
		Root        string           `json:"root"`
		Diagnostics []jsonDiagnostic `json:"diagnostics"`
	}
	jsonDiagnostic struct {
		Code     string    `json:"code"`
		Severity string    `json:"severity"`
		Message  string    `json:"message"`
		File     string    `json:"file"`
		Range    jsonRange `json:"range"`
		Help     string    `json:"help"`
	}
	jsonRange struct {
		Start jsonPosition `json:"start"`
		End   jsonPosition `json:"end"`
	}
	jsonPosition struct {
		Line      uint32 `json:"line"`
		Character uint32 `json:"character"`
	}
	summary struct {
		Errors   int `json:"errors"`
		Warnings int `json:"warnings"`
		Infos    int `json:"infos"`
	}
)

// JSON writes one document with every project. Positions are zero-based and in UTF-16, as in the Language Server Protocol;
// files are relative to the root of their project.
func JSON(w io.Writer, in Input) error {
	doc := document{Version: 1, Projects: []jsonProject{}}
	var total count
	for _, p := range ordered(in.Projects) {
		project := jsonProject{Root: p.Root, Diagnostics: []jsonDiagnostic{}}
		for _, d := range p.Diagnostics {
			code, severity := codeOf(d)
			total.add(severity)
			project.Diagnostics = append(project.Diagnostics, jsonDiagnostic{
				Code:     string(code),
				Severity: severity.String(),
				Message:  d.Message,
				File:     p.relative(d.At.Path),
				Range:    rangeOf(p.file(d.At.Path), d.At.Span),
				Help:     d.Help,
			})
		}
		doc.Projects = append(doc.Projects, project)
	}
	doc.Summary = summary{Errors: total.errors, Warnings: total.warnings, Infos: total.infos}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false) // messages quote generics and comparisons, and nobody serves this as HTML
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}

func rangeOf(f *text.File, s text.Span) jsonRange {
	if f == nil {
		return jsonRange{}
	}
	start, end := f.Position(int(s.Start), text.UTF16), f.Position(int(s.End), text.UTF16)
	return jsonRange{
		Start: jsonPosition{start.Line, start.Character},
		End:   jsonPosition{end.Line, end.Character},
	}
}
