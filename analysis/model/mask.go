package model

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
)

// sensitive are the names that are masked although no rule says so, and how (seeds: compiler__definitions__masking).
var sensitive = []struct {
	mask  string
	names []string
}{
	{"email", []string{"email"}},
	{"phone", []string{"phone", "mobile", "fax"}},
	{"ssn", []string{"ssn", "socialsecurity", "nationalid"}},
	{"creditCard", []string{"creditcard", "cc", "cardnumber", "cvv", "iban"}},
	{"redact", []string{"password", "secret", "token", "apikey", "privatekey"}},
}

// DefaultMask is the mask type that a column's name asks for: the name itself, or its last words (workEmail, api_key).
func DefaultMask(key string) (mask string, ok bool) {
	words := strings.ReplaceAll(key, "_", "")
	lower := strings.ToLower(words)
	for _, s := range sensitive {
		for _, name := range s.names {
			rest, found := strings.CutSuffix(lower, name)
			if !found {
				continue
			}
			// A suffix counts at the start of a word only: "workEmail" but not "topsecret", "success" or "acc".
			if start := len(rest); start == 0 || strings.Contains(key, "_") && strings.HasSuffix(key[:max(0, len(key)-len(name))], "_") || words[start] >= 'A' && words[start] <= 'Z' {
				return s.mask, true
			}
		}
	}
	return "", false
}

func (l *linker) masks(r *Resource, d *definition.Resource) (out []*Mask) {
	ruled := map[string]bool{}
	for _, m := range d.Masks {
		ruled[m.Field.Text] = true
		if r.Table.Column(m.Field.Text) == nil {
			continue
		}
		mask := &Mask{Column: m.Field.Text, Type: m.Type.V, At: m.Field.At}
		if m.Roles != nil {
			roles, _ := l.expand(m.Roles)
			mask.All = slices.Contains(roles, Everyone)
			mask.Roles = slices.DeleteFunc(roles, func(s string) bool { return s == Everyone })
		}
		if m.Query != nil {
			mask.Query, _ = l.expand(m.Query)
		}
		if m.Owner.V == "owner" {
			mask.Owner = l.ownerOf(r)
		}
		out = append(out, mask)
	}
	out = append(out, l.columnMasks(r, ruled)...)
	for _, c := range r.Table.Columns {
		if kind, ok := DefaultMask(c.Key); ok && (c.Role == Plain || c.Role == GeneratedColumn) && !ruled[c.Key] && c.Type() == "string" {
			out = append(out, &Mask{Column: c.Key, Type: kind, Owner: l.ownerOf(r), Default: true, At: c.Source.Key.At})
		}
	}
	return out
}

// ownerOf is the column that says whose row it is: the firewall's owner column, else createdBy (language.md, Masking).
func (l *linker) ownerOf(r *Resource) string {
	if r.Firewall.Owner != "" {
		return r.Firewall.Owner
	}
	if r.Table.Column(CreatedBy) != nil && l.config.AuditFields {
		return CreatedBy
	}
	return ""
}
