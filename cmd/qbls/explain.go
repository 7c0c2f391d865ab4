package main

import (
	"encoding/json"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qbls/qbls/compiler/catalogue"
	"github.com/qbls/qbls/diagnostics"
)

func explainCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "explain [code]",
		Short: "Say what a code means, why it matters and what to do about it",
		Long: "Shows everything about one code, such as QB3001: why it matters, an example that is reported and one that is not, and\nhow to suppress it. Without a code it lists all of them. Nothing is fetched; the text is part of this program.\n\n" +
			"Exit codes: 0 shown, 2 usage or a code that does not exist, 3 qbls itself failed.",
		Example: "  qbls explain QB3001\n  qbls explain --format markdown",
		Args:    takes(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			all, err := catalogue.All()
			if err != nil {
				return failed(err)
			}
			layout, ok := layouts[format]
			if !ok {
				return unreadable("there is no format %q. Known: html, json, markdown, text", format)
			}
			var page *catalogue.Page
			if len(args) == 1 {
				if page, err = pageOf(all, args[0]); err != nil {
					return err
				}
			}
			out := cmd.OutOrStdout()
			if err := layout(out, all, page); err != nil {
				return failed(err)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "how to print: html, json, markdown, text")
	return cmd
}

// pageOf takes a code as people write it: qb3001, 3001.
func pageOf(all *diagnostics.Catalogue, written string) (*catalogue.Page, error) {
	code := strings.ToUpper(written)
	if !strings.HasPrefix(code, "QB") {
		code = "QB" + code
	}
	page, ok := catalogue.PageOf(all, diagnostics.Code(code))
	if ok {
		return &page, nil
	}
	var codes []string
	for r := range all.All() {
		codes = append(codes, string(r.Code))
	}
	hint := diagnostics.DidYouMean(code, slices.Values(codes))
	if hint != "" {
		hint = " " + strings.ToUpper(hint[:1]) + hint[1:]
	}
	return nil, unreadable("there is no code %s.%s qbls explain lists all of them", code, hint)
}

// layouts write one page, or the list of all when there is none.
var layouts = map[string]func(io.Writer, *diagnostics.Catalogue, *catalogue.Page) error{
	"text": func(w io.Writer, all *diagnostics.Catalogue, p *catalogue.Page) error {
		color, width := terminal(w)
		style := catalogue.Style{Color: color, Width: width}
		if p == nil {
			return say(w, catalogue.List(all, style), nil)
		}
		return say(w, p.Text(style), nil)
	},
	"markdown": func(w io.Writer, all *diagnostics.Catalogue, p *catalogue.Page) error {
		if p == nil {
			return say(w, catalogue.Index(all), nil)
		}
		return say(w, p.Markdown(), nil)
	},
	"html": func(w io.Writer, all *diagnostics.Catalogue, p *catalogue.Page) error {
		if p == nil {
			text, err := catalogue.IndexHTML(all)
			return say(w, text, err)
		}
		text, err := p.HTML()
		return say(w, text, err)
	},
	"json": func(w io.Writer, all *diagnostics.Catalogue, p *catalogue.Page) error {
		if p != nil {
			return writeJSON(w, p)
		}
		pages := []catalogue.Page{}
		for r := range all.All() {
			page, _ := catalogue.PageOf(all, r.Code)
			pages = append(pages, page)
		}
		return writeJSON(w, pages)
	},
}

func say(w io.Writer, text string, err error) error {
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, text)
	return err
}

// writeJSON writes a document for scripts.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
