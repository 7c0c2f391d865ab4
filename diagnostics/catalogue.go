package diagnostics

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Catalogue is every rule of a program, in the order of their codes. It does not change after it was made.
//
// Rules live beside the code that reports them; the command (or a test) gathers them here, so that no package needs an init
// function to be known.
type Catalogue struct {
	rules  []*Rule
	byCode map[Code]*Rule
}

// NewCatalogue joins groups of rules. It returns an error that names every rule whose code is malformed or used twice, and
// every rule that lacks a title, a why, a fix or the version that introduced it: a code nobody can explain is not shipped.
func NewCatalogue(groups ...[]*Rule) (*Catalogue, error) {
	c := &Catalogue{byCode: map[Code]*Rule{}}
	var problems []error
	for _, group := range groups {
		for _, r := range group {
			if err := c.add(r); err != nil {
				problems = append(problems, err)
			}
		}
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	slices.SortFunc(c.rules, func(a, b *Rule) int { return strings.Compare(string(a.Code), string(b.Code)) })
	return c, nil
}

func (c *Catalogue) add(r *Rule) error {
	if r == nil {
		return errors.New("catalogue: a rule is nil")
	}
	if !r.Code.Valid() {
		return fmt.Errorf("catalogue: %q (%s) is not a code: want QB and four digits, the first of them 1 to 9", r.Code, r.Title)
	}
	if other, taken := c.byCode[r.Code]; taken {
		return fmt.Errorf("catalogue: %s is used twice: %q and %q", r.Code, other.Title, r.Title)
	}
	c.byCode[r.Code] = r
	c.rules = append(c.rules, r)
	var missing []string
	for _, field := range []struct{ name, value string }{{"Title", r.Title}, {"Why", r.Why}, {"Fix", r.Fix}, {"Since", r.Since}} {
		if strings.TrimSpace(field.value) == "" {
			missing = append(missing, field.name)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("catalogue: %s lacks %s", r.Code, strings.Join(missing, ", "))
	}
	return nil
}

// All yields the rules in the order of their codes.
func (c *Catalogue) All() iter.Seq[*Rule] { return slices.Values(c.rules) }

// ByCode returns the rule of a code.
func (c *Catalogue) ByCode(code Code) (*Rule, bool) {
	r, ok := c.byCode[code]
	return r, ok
}

// Valid reports whether the code is "QB" and four digits and belongs to a family.
func (c Code) Valid() bool {
	if len(c) != 6 || c[:2] != "QB" || c[2] == '0' {
		return false
	}
	for _, digit := range []byte(c[2:]) {
		if digit < '0' || digit > '9' {
			return false
		}
	}
	return true
}

// families are named by the first digit of a code, as Code documents it.
var families = [10]string{
	1: "syntax and shape",
	2: "references",
	3: "firewall",
	4: "access",
	5: "guards",
	6: "masking and views",
	7: "actions and workflows",
	8: "configuration and storage",
	9: "contracts and internal",
}

// FamilyKey is the one word by which a family is named in configurations and on the command line, such as "masking"; "" for a
// malformed code.
func FamilyKey(code Code) string {
	key, _, _ := strings.Cut(Family(code), " ")
	return key
}

// FamilyKeys are the keys of all families, in the order of their codes.
func FamilyKeys() []string {
	var out []string
	for digit := range families[1:] {
		out = append(out, FamilyKey(Code(fmt.Sprintf("QB%d000", digit+1))))
	}
	return out
}

// Family returns what the rules around a code are about, such as "firewall"; "" for a malformed code.
func Family(code Code) string {
	if !code.Valid() {
		return ""
	}
	return families[code[2]-'0']
}
