package policy

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/diagnostics/text"
)

// Acts decides an action with its state machine: CanAct, on the rows from whose state a step leads where the action goes. Where the input
// says where (via), every state with a step counts. It is what a caller meets: elsewhere the answer is 409
// ACCESS_ACTION_NOT_ALLOWED_FOR_STATE (api.md, Errors).
func (e *Effective) Acts(roles []string, action string) Decision {
	d := e.CanAct(roles, action)
	a := e.Resource.Action(action)
	if a == nil || a.Transition == nil || a.Standalone || d.Verdict == No {
		return d
	}
	var from []any
	var told []string
	for _, step := range a.Transition.FromTo {
		if len(step.To) > 0 && (a.Transition.To == "" || slices.Contains(step.To, a.Transition.To)) {
			from, told = append(from, step.From), append(told, step.From)
		}
	}
	at := text.Anchor{}
	if a.Source != nil && a.Source.Transition != nil {
		at = a.Source.Transition.At
	}
	if len(from) == 0 {
		return refuse("no state leads to "+a.Transition.To, at)
	}
	before := d.Rows
	if d.Rows = d.Rows.And(Compare(a.Transition.Column, OpIn, "", from)); d.Rows.Equal(before) {
		return d
	}
	d.Because = append(slices.Clone(d.Because), Because{Text: "only where " + a.Transition.Column + " is " + strings.Join(told, " or "), At: at})
	switch {
	case d.Rows.IsNever():
		d.Verdict = No
	case d.Verdict == Yes:
		d.Verdict = IfRow
	}
	return d
}
