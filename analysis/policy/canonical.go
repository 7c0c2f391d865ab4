package policy

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/model"
)

// Canonical returns the policy as JSON: the same bytes for the same meaning of the definition, whatever the order in which
// roles, conditions and alternatives were written, and without any place. Reports, fingerprints and diffs are made of it.
func (e *Effective) Canonical() []byte {
	r := e.Resource
	out := canonical{
		Resource: string(r.ID), Firewall: canonicalFirewall{Exception: r.Firewall.Exception, Hide: r.Firewall.Hide, Rows: []canonicalRow{}},
		Operations: map[string]canonicalOperation{}, Masks: map[string]canonicalMask{}, Views: map[string]canonicalView{}, Actions: map[string]canonicalAction{},
		Write: canonicalGuards{
			Open: r.Guards.Open, Create: ordered(r.Guards.Create), Update: ordered(r.Guards.Update), Immutable: ordered(r.Guards.Immutable),
			Protected: map[string]canonicalProtected{},
		},
	}
	if r.Table != nil {
		out.Table = r.Table.Name
	}
	for _, row := range r.Firewall.Rows {
		out.Firewall.Rows = append(out.Firewall.Rows, canonicalRow{row.Kind, e.compare(row.Column, row.Op, row.Ctx, row.Value).SQL(), ordered(row.Unless)})
	}
	slices.SortFunc(out.Firewall.Rows, func(a, b canonicalRow) int { return strings.Compare(a.Where+a.Kind, b.Where+b.Kind) })
	for _, op := range r.Operations {
		out.Operations[string(op.Op)] = canonicalOperation{
			Access: e.canonicalAccess(op.Access), Fields: ordered(op.Fields), PageSize: op.PageSize, MaxPageSize: op.MaxPageSize, MaxBatch: op.MaxBatch,
			Soft: op.Soft, Defaults: defaultsOf(op),
		}
	}
	for _, p := range r.Guards.Protected {
		out.Write.Protected[p.Column] = canonicalProtected{Any: p.Any, Actions: ordered(p.Actions)}
	}
	for _, m := range r.Masks {
		out.Masks[m.Column] = canonicalMask{m.Type, ordered(m.Roles), m.All, m.Owner, ordered(m.Query)}
	}
	for _, v := range r.Views {
		out.Views[v.Name] = canonicalView{ordered(v.Fields), e.canonicalAccess(v.Access), ordered(v.Filterable), ordered(v.Searchable), ordered(v.Sortable)}
	}
	for _, a := range r.Actions {
		out.Actions[a.Name] = canonicalAction{a.Standalone, a.Method, a.Path, e.canonicalAccess(a.Access)}
	}
	return encode(out)
}

type canonical struct {
	Resource   string                        `json:"resource"`
	Table      string                        `json:"table"`
	Firewall   canonicalFirewall             `json:"firewall"`
	Operations map[string]canonicalOperation `json:"operations"`
	Write      canonicalGuards               `json:"write"`
	Masks      map[string]canonicalMask      `json:"masks"`
	Views      map[string]canonicalView      `json:"views"`
	Actions    map[string]canonicalAction    `json:"actions"`
}

type canonicalFirewall struct {
	Exception bool           `json:"exception"`
	Hide      bool           `json:"hide"`
	Rows      []canonicalRow `json:"rows"`
}

type canonicalRow struct {
	Kind   string   `json:"kind"`
	Where  string   `json:"where"`
	Unless []string `json:"unless,omitempty"`
}

type canonicalOperation struct {
	Access      *canonicalRule `json:"access"`
	Fields      []string       `json:"fields,omitempty"`
	PageSize    int            `json:"pageSize,omitempty"`
	MaxPageSize int            `json:"maxPageSize,omitempty"`
	MaxBatch    int            `json:"maxBatch,omitempty"`
	Soft        bool           `json:"soft,omitempty"`
	Defaults    map[string]any `json:"defaults,omitempty"`
}

type canonicalGuards struct {
	Open      bool                          `json:"open"`
	Create    []string                      `json:"create"`
	Update    []string                      `json:"update"`
	Immutable []string                      `json:"immutable"`
	Protected map[string]canonicalProtected `json:"protected"`
}

type canonicalProtected struct {
	Any     bool     `json:"any"`
	Actions []string `json:"actions"`
}

type canonicalMask struct {
	Type  string   `json:"type"`
	Roles []string `json:"roles"`
	All   bool     `json:"all"`
	Owner string   `json:"owner"`
	Query []string `json:"query"`
}

type canonicalView struct {
	Fields     []string       `json:"fields"`
	Access     *canonicalRule `json:"access"`
	Filterable []string       `json:"filterable"`
	Searchable []string       `json:"searchable"`
	Sortable   []string       `json:"sortable"`
}

type canonicalAction struct {
	Standalone bool           `json:"standalone"`
	Method     string         `json:"method"`
	Path       string         `json:"path"`
	Access     *canonicalRule `json:"access"`
}

// canonicalRule is an access rule; exactly one field is set. nil, written null, grants nobody.
type canonicalRule struct {
	Roles     []string         `json:"roles,omitempty"`
	UserRoles []string         `json:"userRoles,omitempty"`
	Where     []string         `json:"where,omitempty"`
	Any       []*canonicalRule `json:"any,omitempty"`
	All       []*canonicalRule `json:"all,omitempty"`
	Function  bool             `json:"function,omitempty"`
	Nobody    bool             `json:"nobody,omitempty"`
}

func (e *Effective) canonicalAccess(a *model.Access) *canonicalRule {
	if a == nil {
		return nil
	}
	switch a.Kind {
	case model.AccessRoles:
		return orNobody(len(a.Roles), &canonicalRule{Roles: ordered(a.Roles)})
	case model.AccessUserRole:
		return orNobody(len(a.Roles), &canonicalRule{UserRoles: ordered(a.Roles)})
	case model.AccessFunc:
		return &canonicalRule{Function: true}
	case model.AccessWhere:
		var where []string
		for _, c := range a.Where {
			where = append(where, e.compare(c.Column, c.Op, c.Ctx, c.Value).SQL())
		}
		return orNobody(len(where), &canonicalRule{Where: ordered(where)})
	case model.AccessAny:
		return orNobody(len(a.Sub), &canonicalRule{Any: e.canonicalSub(a)})
	case model.AccessAll:
		return orNobody(len(a.Sub), &canonicalRule{All: e.canonicalSub(a)})
	}
	return &canonicalRule{Nobody: true}
}

func orNobody(length int, rule *canonicalRule) *canonicalRule {
	if length == 0 {
		return &canonicalRule{Nobody: true}
	}
	return rule
}

// canonicalSub flattens any in any and all in all, and sorts.
func (e *Effective) canonicalSub(a *model.Access) []*canonicalRule {
	var out []*canonicalRule
	for _, sub := range a.Sub {
		if sub.Kind == a.Kind && len(sub.Sub) > 0 {
			out = append(out, e.canonicalSub(sub)...)
			continue
		}
		out = append(out, e.canonicalAccess(sub))
	}
	slices.SortFunc(out, compareRules)
	return slices.CompactFunc(out, func(x, y *canonicalRule) bool { return compareRules(x, y) == 0 })
}

func compareRules(a, b *canonicalRule) int { return bytes.Compare(encode(a), encode(b)) }

func defaultsOf(op *model.Operation) map[string]any {
	if len(op.Defaults) == 0 {
		return nil
	}
	out := map[string]any{}
	for _, d := range op.Defaults {
		out[d.Field.Text] = d.Value
	}
	return out
}

// ordered sorts without duplicates; never nil, so that it is written [].
func ordered(list []string) []string {
	out := append([]string{}, list...)
	slices.Sort(out)
	return slices.Compact(out)
}

// encode writes JSON; maps are sorted by key. Values come from literals of definitions, so they can always be encoded.
func encode(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("policy: a literal that JSON cannot hold: " + err.Error())
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
