package session_test

import (
	"maps"
	"reflect"
	"slices"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/qbls/qbls/diagnostics/text"
	"github.com/qbls/qbls/lsp/session"
)

// FuzzChanges sends a document as a row of incremental changes, several a message, and as whole texts. Both sessions hold the text
// that plain arithmetic on UTF-16 gives (LSP 3.17, Text Documents), and publish the same.
func FuzzChanges(f *testing.F) {
	f.Add(fuzzTable, []byte{4, 60, 4, 64, 9, 1, 0, 9, 3, 2})
	f.Add("a\r\nb😀\rc", []byte{1, 2, 1, 3, 13, 0, 1, 2, 0, 5, 200, 200, 3, 1, 1})
	f.Add("", []byte{0, 0, 0, 0, 17})
	f.Fuzz(func(t *testing.T, content string, script []byte) {
		if !utf8.ValidString(content) || len(content) > 2000 || len(script) > 100 {
			return // JSON carries no other text
		}
		files := map[string]string{"quickback/quickback.config.ts": "export default defineConfig({ name: 'x' });\n", "quickback/features/a/a.ts": fuzzTable}
		uri := session.URIOf(root + "/quickback/features/a/a.ts")
		parts, stopParts := newClient(t, files)
		defer stopParts()
		whole, stopWhole := newClient(t, files)
		defer stopWhole()
		parts.Open(uri, 1, content)
		whole.Open(uri, 1, content)
		want := utf16.Encode([]rune(content))
		version := int32(1)
		for len(script) >= 5 {
			var edits []session.Edit
			for more := true; more && len(script) >= 5; script = script[5:] {
				e := session.Edit{
					Start: text.Position{Line: uint32(script[0]), Character: uint32(script[1])}, End: text.Position{Line: uint32(script[2]), Character: uint32(script[3])},
					Text: fragments[int(script[4]>>1)%len(fragments)],
				}
				want = replaced(want, e)
				edits, more = append(edits, e), script[4]&1 == 1
			}
			version++
			if err := parts.Change(uri, version, edits); err != nil {
				t.Fatal(err)
			}
			if err := whole.Change(uri, version, []session.Edit{{Whole: true, Text: string(utf16.Decode(want))}}); err != nil {
				t.Fatal(err)
			}
		}
		target, ok := parts.View().Find(uri)
		if !ok || target.File.Text != string(utf16.Decode(want)) {
			t.Fatalf("the changes give %q, want %q", target.File.Text, string(utf16.Decode(want)))
		}
		for _, c := range []*client{parts, whole} {
			if err := c.Settled(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		stopParts()
		stopWhole()
		if !reflect.DeepEqual(parts.published, whole.published) {
			t.Fatalf("published by changes: %v, by whole texts: %v", slices.Sorted(maps.Keys(parts.published)), slices.Sorted(maps.Keys(whole.published)))
		}
	})
}

const fuzzTable = `import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';
export const a = sqliteTable('a', { id: text('id').primaryKey(), organizationId: text('organization_id').notNull(), title: text('title') });
export default defineTable(a, {
  guards: { createable: ['titel'], updatable: ["title"] }, /* 😀 */ crud: { create: { access: { roles: ['owner'] } } },
});
`

// replaced applies one change to a text in UTF-16.
func replaced(units []uint16, e session.Edit) []uint16 {
	from, to := unit(units, e.Start), unit(units, e.End)
	if to < from {
		from, to = to, from
	}
	return slices.Concat(units[:from], utf16.Encode([]rune(e.Text)), units[to:])
}

// unit finds a position: beyond the last line is the end of the text, beyond a line its end, and inside of a character its start.
func unit(units []uint16, p text.Position) int {
	at := 0
	for line := uint32(0); line < p.Line; line++ {
		end := lineEnd(units, at)
		if end == len(units) {
			return end
		}
		if at = end + 1; units[end] == '\r' && at < len(units) && units[at] == '\n' {
			at++
		}
	}
	at = min(at+int(p.Character), lineEnd(units, at))
	if at > 0 && at < len(units) && utf16.IsSurrogate(rune(units[at])) && utf16.DecodeRune(rune(units[at-1]), rune(units[at])) != utf8.RuneError {
		at--
	}
	return at
}

func lineEnd(units []uint16, at int) int {
	for at < len(units) && units[at] != '\n' && units[at] != '\r' {
		at++
	}
	return at
}
