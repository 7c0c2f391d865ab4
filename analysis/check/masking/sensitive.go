package masking

import (
	"slices"
	"strings"
	"unicode"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
)

// personal are names of columns that tell about a person, beside those that are masked by their name. One of several words counts
// as the end of a column's name, too.
var personal = []string{
	"date of birth", "birth date", "birthday", "home address", "street address", "passport", "passport number", "tax id", "salary",
	"bank account", "account number", "medical record", "diagnosis", "religion", "ethnicity", "ip address", "first name", "last name", "full name",
}

// secrets are words that make a column one of secrets wherever they stand in its name.
var secrets = []string{"password", "passwd", "passphrase", "secret", "api key", "private key", "ssn", "cvv", "credit card"}

// harmless are last words of names that say something about a secret, and not the secret itself.
var harmless = []string{"at", "on", "id", "count", "hint", "type", "status", "policy", "enabled", "required", "length", "url", "version", "name", "label", "attempts", "strength", "provider"}

// wordsOf splits camelCase and snake_case: "date of birth" for dateOfBirth.
func wordsOf(key string) string {
	if !strings.ContainsFunc(key, func(r rune) bool { return r == '_' || r == '-' || unicode.IsUpper(r) }) {
		return key
	}
	var b strings.Builder
	for i, r := range key {
		switch {
		case r == '_' || r == '-':
			b.WriteByte(' ')
			continue
		case unicode.IsUpper(r) && i > 0 && !unicode.IsUpper(rune(key[i-1])):
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// authored says whether what a column holds comes from people, be it computed from what they wrote.
func authored(c *model.Column) bool { return c.Role == model.Plain || c.Role == model.GeneratedColumn }

// Personal says whether a column's values are personal by its name.
func Personal(c *model.Column) bool {
	if !authored(c) || c.Type() == "boolean" {
		return false
	}
	if _, ok := model.DefaultMask(c.Key); ok {
		return true
	}
	words := wordsOf(c.Key)
	return isSecret(c) || slices.ContainsFunc(personal, func(name string) bool {
		rest, ends := strings.CutSuffix(words, name)
		return ends && (rest == "" || strings.HasSuffix(rest, " "))
	})
}

// isSecret says whether a column holds a secret by its name, although the name does not end in it: passwordHash.
func isSecret(c *model.Column) bool {
	if !authored(c) || c.Type() == "boolean" || c.Type() == "date" {
		return false
	}
	words := wordsOf(c.Key)
	last := words[strings.LastIndexByte(words, ' ')+1:]
	return !slices.Contains(harmless, last) && slices.ContainsFunc(secrets, func(name string) bool { return contains(words, name) })
}

// contains says whether some words stand among others, one after the other.
func contains(words, name string) bool {
	before, after, found := strings.Cut(words, name)
	if !found {
		return false
	}
	whole := (before == "" || strings.HasSuffix(before, " ")) && (after == "" || strings.HasPrefix(after, " "))
	return whole || contains(after, name)
}

// readable says whether anybody of these roles reads a column clear by an operation or a view, and by which.
func readable(p *check.ResourcePass, roles []string, column string) (label string, ok bool) {
	for _, op := range []model.Op{model.List, model.Get} {
		if p.Effective.May(roles, op) != policy.No && p.Effective.Reads(roles, op, column).Verdict != policy.No {
			return string(op), true
		}
	}
	for _, v := range p.Resource.Views {
		if p.Effective.MayView(roles, v.Name) != policy.No && p.Effective.ReadsView(roles, v.Name, column).Verdict != policy.No {
			return "the view " + v.Name, true
		}
	}
	return "", false
}

func maskOf(r *model.Resource, column string) *model.Mask {
	for _, m := range r.Masks {
		if m.Column == column {
			return m
		}
	}
	return nil
}
