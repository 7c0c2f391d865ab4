package query

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/names"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// Token is a stretch of text with a meaning that its spelling does not show.
type Token struct {
	Span text.Span
	Kind TokenKind
	Def  bool // this is where the name is declared
}

// TokenKind is what a token means.
type TokenKind uint8

const (
	ColumnToken TokenKind = iota
	RoleToken
	ActionToken
	ViewToken
	TableToken
	OperatorToken
	ContextToken
)

var tokenOf = map[names.Kind]TokenKind{
	names.Table: TableToken, names.Column: ColumnToken, names.Role: RoleToken, names.Action: ActionToken, names.View: ViewToken,
}

// target is the name of the table in the arrow function of a reference, () => teams.id; any other span is what it was.
func target(f *text.File, span text.Span) text.Span {
	_, body, arrow := strings.Cut(f.Slice(span), "=>")
	if !arrow {
		return span
	}
	word := strings.TrimLeft(body, " \t\r\n(")
	start := span.End - int32(len(word))
	return text.Span{Start: start, End: start + int32(len(word)-len(strings.TrimLeftFunc(word, isWordRune)))}
}

func isWordRune(r rune) bool { return isWord("a" + string(r)) }

// Tokens are the tokens of a file in the order of the text; they do not overlap. They cover what TypeScript shows as plain strings and
// keys: names of columns, roles, actions, views and tables, operators of conditions, and paths of the context.
func Tokens(s *analysis.Snapshot, path text.Path, within text.Span) []Token {
	t := s.Tree(path)
	root, ok := s.ProjectOf(path)
	if t == nil || !ok {
		return nil
	}
	var out []Token
	for _, o := range s.Names(root).In(path) {
		if kind, known := tokenOf[o.Symbol.Kind]; known && within.Start <= o.At.Span.End && o.At.Span.Start <= within.End {
			out = append(out, Token{target(s.File(path), o.At.Span), kind, o.Def})
		}
	}
	for n := range t.Root().Descendants() {
		if n.Span().End < within.Start || n.Span().Start > within.End {
			continue
		}
		switch n.Kind() {
		case syntax.String:
			if v, ok := n.Str(); ok && (strings.HasPrefix(v, "$ctx.") || strings.HasPrefix(v, "ctx.")) {
				out = append(out, Token{text.Span{Start: n.Span().Start + 1, End: n.Span().End - 1}, ContextToken, false})
			}
		case syntax.Property:
			if operators[n.Name()] && insideCondition(n) {
				out = append(out, Token{n.NameSpan(), OperatorToken, false})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Token) int { return int(a.Span.Start) - int(b.Span.Start) })
	end := int32(-1)
	return slices.DeleteFunc(out, func(t Token) bool {
		if t.Span.Start < end || t.Span.Len() <= 0 {
			return true
		}
		end = t.Span.End
		return false
	})
}

var operators = map[string]bool{
	"equals": true, "notEquals": true, "not": true, "in": true, "notIn": true, "lessThan": true, "lessThanOrEqual": true,
	"greaterThan": true, "greaterThanOrEqual": true, "isNull": true,
}

// insideCondition says whether a property lies in a record condition or a firewall.
func insideCondition(n syntax.Node) bool {
	for up := n.Parent(); up.Valid(); up = up.Parent() {
		if up.Kind() == syntax.Property && (up.Name() == "record" || up.Name() == "firewall") {
			return true
		}
	}
	return false
}
