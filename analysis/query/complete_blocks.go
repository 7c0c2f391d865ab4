package query

import (
	"regexp"
	"strings"
)

// actionBlocks are whole actions to fill in, after the names that are there.
func actionBlocks(sc *scene, _ place) []Item {
	ranks := sc.hierarchy()
	top := ranks[len(ranks)-1]
	out := []Item{
		{Label: "record action", Detail: "POST /<resource>/:id/<name>", Snippet: `${1:name}: {
	description: '$2',
	input: z.object({ $3 }),
	access: { roles: ['${4:$ROLE}'] },
	execute: async ({ db, record, input }) => {
		$0
	},
},`},
		{Label: "standalone action", Detail: "POST /<name>", Snippet: `${1:name}: {
	description: '$2',
	standalone: true,
	path: '/${1:name}',
	method: 'POST',
	input: z.object({ $3 }),
	access: { roles: ['${4:$ROLE}'] },
	execute: async ({ db, input }) => {
		$0
	},
},`},
	}
	for _, f := range sc.fields {
		if len(f.Enum) > 1 {
			out = append(out, Item{Label: "action that moves " + f.Key, Detail: strings.Join(f.Enum, " → "), Snippet: `${1:name}: {
	description: '$2',
	input: z.object({}),
	access: { roles: ['${3:$ROLE}'] },
	transition: { field: '` + f.Key + `', fromTo: { ` + propertyName(f.Enum[0]) + `: ['` + f.Enum[1] + `'] }, to: '` + f.Enum[1] + `' },
	execute: async () => ({}),
},`})
		}
	}
	for i := range out {
		out[i].Kind, out[i].Sort = Block, order(8, i)
		out[i].Snippet = strings.ReplaceAll(out[i].Snippet, "$ROLE", top)
	}
	return out
}

func propertyName(s string) string {
	if isWord(s) {
		return s
	}
	return "'" + s + "'"
}

var placeholder = regexp.MustCompile(`\$\{\d+:([^}]*)\}|\$\d+`)

// plain is a snippet for editors that have none: with its suggestions, without its stops.
func plain(snippet string) string { return placeholder.ReplaceAllString(snippet, "$1") }
