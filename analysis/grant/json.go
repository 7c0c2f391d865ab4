package grant

import (
	"encoding/json"
	"slices"
)

// written is a grant as JSON has it: once for all who have the same.
type written struct {
	Grant
	Who []string `json:"who"`
}

// MarshalJSON writes the list, grants that differ in nothing but who has them once.
func (l *List) MarshalJSON() ([]byte, error) {
	if l.text != nil {
		return l.text, nil
	}
	list, err := rewritten(l.Grants)
	if err != nil {
		return nil, err
	}
	return json.Marshal(struct {
		Roles    []string            `json:"roles"`
		Grants   []written           `json:"grants"`
		Settings []map[string]string `json:"settings"`
	}{l.Roles, list, l.Settings})
}

// rewritten joins grants that differ in nothing but who has them.
func rewritten(grants []Grant) ([]written, error) {
	out := []written{}
	at := map[string]int{}
	for _, g := range grants {
		key, err := json.Marshal(g)
		if err != nil {
			return nil, err
		}
		if i, ok := at[string(key)]; ok {
			out[i].Who = append(out[i].Who, g.Who)
			continue
		}
		at[string(key)] = len(out)
		out = append(out, written{g, []string{g.Who}})
	}
	return out, nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (l *List) UnmarshalJSON(data []byte) error {
	var in struct {
		Roles    []string            `json:"roles"`
		Grants   []written           `json:"grants"`
		Settings []map[string]string `json:"settings"`
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	*l = List{Roles: in.Roles, Grants: []Grant{}, Settings: in.Settings}
	for _, w := range in.Grants {
		for _, who := range w.Who {
			g := w.Grant
			g.Who = who
			l.Grants = append(l.Grants, g)
		}
	}
	slices.SortStableFunc(l.Grants, order)
	return nil
}
