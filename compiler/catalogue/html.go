package catalogue

import (
	"html"
	"html/template"
	"regexp"
	"strings"

	"github.com/qbls/qbls/diagnostics"
)

var quotedCode = regexp.MustCompile("`([^`]+)`")

// prose escapes a paragraph and marks what stands between backticks as code.
func prose(s string) template.HTML {
	return template.HTML(quotedCode.ReplaceAllString(html.EscapeString(s), "<code>$1</code>")) // escaped above
}

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}` +
	`pre{background:#8881;padding:1rem;overflow:auto}code,pre{font:14px/1.4 ui-monospace,monospace}` +
	`table{border-collapse:collapse}td,th{padding:.2rem .8rem .2rem 0;text-align:left}:root{color-scheme:light dark}`

var pages = template.Must(template.New("page").Funcs(template.FuncMap{"prose": prose, "cwe": cweURL, "capital": capital}).Parse(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"/><meta name="viewport" content="width=device-width"/><title>{{.Code}}: {{.Title}}</title><style>` + style + `</style></head>
<body>
<h1>{{.Code}}: {{prose .Title}}</h1>
<p>{{capital .Severity}} · {{.Family}} · since {{.Since}}</p>
<p>{{prose .Why}}</p>
<h2>What to do</h2>
<p>{{prose .Fix}}</p>
{{- with .Exempt}}
<h2>Example</h2>
<p>{{prose .}}</p>{{end}}
{{- range .Parts}}
<h2>{{.Title}}</h2>
{{- range .Files}}
<p><code>{{.Name}}</code></p>
<pre><code>{{.Content}}</code></pre>{{end}}{{end}}
<h2>Suppressing it</h2>
<p>{{prose .Silence}}</p>
{{- if .Links}}
<h2>Related</h2>
<ul>
{{- range .Links}}
<li><a href="{{.URL}}">{{.Name}}</a>{{with .Title}}: {{prose .}}{{end}}</li>{{end}}
</ul>{{end}}
</body>
</html>
{{define "index"}}<!doctype html>
<html lang="en">
<head><meta charset="utf-8"/><meta name="viewport" content="width=device-width"/><title>Rules</title><style>` + style + `</style></head>
<body>
<h1>Rules</h1>
{{- range .}}
<h2>{{capital .Name}}</h2>
<table>
{{- range .Rules}}
<tr><td><a href="{{.Code}}.html">{{.Code}}</a></td><td>{{.Severity}}</td><td>{{prose .Title}}</td></tr>{{end}}
</table>{{end}}
</body>
</html>
{{end}}`))

type (
	htmlPart struct {
		Title string
		Files []File
	}
	htmlLink   struct{ URL, Name, Title string }
	htmlFamily struct {
		Name  string
		Rules []*diagnostics.Rule
	}
)

// HTML lays a page out as one document without anything to load.
func (p Page) HTML() (string, error) {
	data := struct {
		Page
		Parts []htmlPart
		Links []htmlLink
	}{Page: p}
	for _, x := range p.examples() {
		data.Parts = append(data.Parts, htmlPart{x.title, x.files})
	}
	for _, c := range p.Related {
		data.Links = append(data.Links, htmlLink{string(c) + ".html", string(c), p.titles[c]})
	}
	for _, n := range p.CWE {
		data.Links = append(data.Links, htmlLink{URL: cweURL(n), Name: cweName(n)})
	}
	var b strings.Builder
	err := pages.Execute(&b, data)
	return b.String(), err
}

// IndexHTML is Index as one document without anything to load.
func IndexHTML(all *diagnostics.Catalogue) (string, error) {
	var families []htmlFamily
	for r := range all.All() {
		name := diagnostics.Family(r.Code)
		if len(families) == 0 || families[len(families)-1].Name != name {
			families = append(families, htmlFamily{Name: name})
		}
		last := &families[len(families)-1]
		last.Rules = append(last.Rules, r)
	}
	var b strings.Builder
	err := pages.ExecuteTemplate(&b, "index", families)
	return b.String(), err
}
