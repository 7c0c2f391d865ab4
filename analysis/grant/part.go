package grant

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
)

// Part is what one resource grants, written as it stands in a list.
type Part struct {
	name     string
	grants   packed
	settings []byte
}

// packed is a text that is short while nobody reads it: what a project grants is said in few words over and over.
type packed struct {
	deflated []byte
	size     int
}

// deflating are writers, of which each takes a megabyte.
var deflating = sync.Pool{New: func() any {
	w, err := flate.NewWriter(nil, flate.BestSpeed)
	if err != nil {
		panic("grant: " + err.Error()) // the level is one
	}
	return w
}}

func pack(text []byte) (packed, error) {
	var b bytes.Buffer
	w := deflating.Get().(*flate.Writer)
	defer deflating.Put(w)
	w.Reset(&b)
	_, err := w.Write(text)
	if err == nil {
		err = w.Close()
	}
	return packed{bytes.Clone(b.Bytes()), len(text)}, err
}

// append appends the text to b with the help of a reader, which it begins anew.
func (p packed) append(b []byte, r io.Reader) ([]byte, error) {
	if err := r.(flate.Resetter).Reset(bytes.NewReader(p.deflated), nil); err != nil {
		return nil, err
	}
	at := len(b)
	b = append(b, make([]byte, p.size)...)
	_, err := io.ReadFull(r, b[at:])
	return b, err
}

// Everybody lists all that grants speak of: callers without a session, those without a role, and the roles of the project.
func Everybody(p *model.Project) []string {
	out := []string{Anonymous, policy.Authenticated}
	for _, r := range p.Globals.Roles {
		out = append(out, r.Name)
	}
	for _, role := range userRoles(p) {
		out = append(out, "user role "+role)
	}
	return out
}

// one lists the grants of one resource to some roles.
func one(p *model.Project, r *model.Resource, roles []string, from Source) []Grant {
	l := &lister{resource: r, policy: policy.FromModel(p.Config, r), from: from}
	for _, who := range roles {
		l.who, l.roles = who, rolesOf(who)
		l.all()
	}
	slices.SortStableFunc(l.out, order)
	return l.out
}

// PartOf writes what a resource grants to everybody.
func PartOf(p *model.Project, r *model.Resource, everybody []string, from Source) (*Part, error) {
	list, err := rewritten(one(p, r, everybody, from))
	if err != nil {
		return nil, err
	}
	out := &Part{name: (&lister{resource: r}).name()}
	grants, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	if out.grants, err = pack(grants[1 : len(grants)-1]); err != nil { // without the brackets of the list
		return nil, err
	}
	out.settings, err = json.Marshal(settings(r))
	return out, err
}

// Join returns the list of the parts of a project's resources, for nothing but to be written. It is false when two of them have one name:
// then their grants mingle, and Of knows how.
func Join(everybody []string, parts []*Part) (*List, bool) {
	parts = slices.Clone(parts)
	roles, err := json.Marshal(everybody)
	if err != nil {
		return nil, false
	}
	settings := make([][]byte, len(parts))
	for i, p := range parts {
		settings[i] = p.settings
	}
	slices.SortFunc(parts, func(a, b *Part) int { return strings.Compare(a.name, b.name) })
	size := 0
	for i, p := range parts {
		if i > 0 && parts[i-1].name == p.name {
			return nil, false
		}
		size += p.grants.size + len(p.settings) + 2
	}
	b := make([]byte, 0, size+len(roles)+64)
	b = append(append(append(b, `{"roles":`...), roles...), `,"grants":[`...)
	comma, inflate := false, flate.NewReader(nil)
	for _, p := range parts {
		if p.grants.size == 0 {
			continue
		}
		if comma {
			b = append(b, ',')
		}
		if b, err = p.grants.append(b, inflate); err != nil {
			return nil, false
		}
		comma = true
	}
	b = append(b, `],"settings":[`...)
	for i, s := range settings {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, s...)
	}
	return &List{Roles: everybody, text: append(b, "]}"...)}, true
}
