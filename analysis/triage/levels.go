package triage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// level is what a configuration says about a code or a family.
type level uint8

const (
	own level = iota // nothing: the rule's own severity
	asError
	asWarning
	asInfo
	off
)

var levelNames = []string{asError: "error", asWarning: "warning", asInfo: "info", off: "off"}

func (l level) severity() diagnostics.Severity { return diagnostics.Severity(l - asError) }

// lowers says whether the level is below a severity.
func (l level) lowers(s diagnostics.Severity) bool { return l == off || l.severity() > s }

// Levels are the levels of compiler.diagnostics. The zero value leaves every rule its own.
type Levels struct {
	codes    map[diagnostics.Code]level
	families map[string]level
}

// of returns the level of a rule's findings. A family's level does not reach rules that cannot have it.
func (l Levels) of(r *diagnostics.Rule) level {
	if r == nil || len(l.codes)+len(l.families) == 0 {
		return own
	}
	chosen := l.codes[r.Code]
	if chosen == own {
		chosen = l.families[diagnostics.FamilyKey(r.Code)]
	}
	if chosen == own || chosen.lowers(r.Severity) && !r.Lowers() {
		return own
	}
	return chosen
}

// ReadLevels reads the levels of a configuration and reports those that cannot be: codes and families that do not exist,
// levels that do not, and levels that their rule cannot have.
func ReadLevels(f *definition.File, known func(diagnostics.Code) *diagnostics.Rule, codes []diagnostics.Code) (Levels, []diagnostics.Diagnostic) {
	out := Levels{codes: map[diagnostics.Code]level{}, families: map[string]level{}}
	if f == nil || f.Config == nil {
		return out, nil
	}
	var found []diagnostics.Diagnostic
	report := func(rule *diagnostics.Rule, at text.Anchor, help, format string, args ...any) {
		found = append(found, diagnostics.Diagnostic{Rule: rule, At: f.Place(at), Message: fmt.Sprintf(format, args...), Help: help, Key: "compiler.diagnostics"})
	}
	for _, pair := range f.Config.Diagnostics {
		key, value := pair.Key.Text, pair.Value.Text
		chosen := level(max(0, slices.Index(levelNames, value)))
		if value == "" || chosen == own {
			report(definition.WrongValue, pair.Value.At, "Known: "+strings.Join(levelNames[1:], ", ")+".", "%q is no level.", value)
			continue
		}
		if slices.Contains(diagnostics.FamilyKeys(), key) {
			out.families[key] = chosen
			continue
		}
		rule := known(diagnostics.Code(key))
		switch {
		case rule == nil:
			names := diagnostics.FamilyKeys()
			if strings.HasPrefix(key, "QB") {
				names = nil
				for _, c := range codes {
					names = append(names, string(c))
				}
			}
			help := diagnostics.DidYouMean(key, slices.Values(names))
			if help == "" {
				help = "Families: " + strings.Join(diagnostics.FamilyKeys(), ", ") + "."
			}
			report(definition.UnknownKey, pair.Key.At, help, "There is no rule and no family %q.", key)
		case chosen.lowers(rule.Severity) && !rule.Lowers():
			report(LockedLevel, pair.Key.At, LockedLevel.Fix, "%s (%s) cannot be %s for a whole project.", key, rule.Title, map[bool]string{true: "switched off", false: "lowered"}[chosen == off])
		default:
			out.codes[rule.Code] = chosen
		}
	}
	return out, found
}
