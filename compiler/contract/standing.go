package contract

import (
	"maps"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/diagnostics/text"
)

// standing is code in which nothing was wrong, with all that it was compared with. After an edit only the parts are read again whose files
// or declarations are other ones, and where those are right, too, nothing is wrong with the whole. It is immutable.
//
// It answers for nothing else: when something is wrong, or when something has changed that no resource has by itself, such as the
// configuration, the list of files or what a policy asks of the backend as a whole, everything is verified as without it.
type standing struct {
	once      string // what the project declares once
	files     []output.File
	sources   []text.Path
	prefixes  map[model.ID]string
	resources []stood
	parents   map[model.ID][]string
	named     map[string]string // see the verifier
	called    map[string]string
	policies  map[text.Path]*emitted
	owners    map[text.Path][]int     // the resources that the module of tables or of a policy is of
	origins   map[text.Path]text.Path // sources by where they are linked to
	linked    map[text.Path]text.Hash // hashes of the sources of linked modules
}

// stood is a resource of a standing.
type stood struct {
	of       *model.Resource
	declared text.Hash
	names    []policyName
}

// stand makes a standing of what was verified, when it can vouch for a later output; else nil.
func (v *verifier) stand() *standing {
	if v.Memo == nil || v.SourceHash == nil || v.stopped() || len(v.violations) > 0 || !slices.IsSortedFunc(v.Files, byPath) {
		return nil
	}
	s := &standing{once: v.project(), files: v.Files, sources: v.Sources, prefixes: v.Prefixes, parents: v.parents, named: v.named, called: v.called,
		policies: v.byFile, owners: map[text.Path][]int{}, linked: map[text.Path]text.Hash{}}
	for i, r := range v.Project.Resources {
		x := stood{of: r, declared: v.Declared(r)}
		if p, ok := v.Memo.last("name " + string(r.ID)); ok {
			x.names, _ = p.result.([]policyName)
		}
		s.resources = append(s.resources, x)
		for _, f := range []text.Path{schemaOf(r), policyOf(r)} {
			s.owners[f] = append(s.owners[f], i)
		}
	}
	s.origins = v.sourcesByLink()
	for f := range v.linkedFiles() {
		hash, ok := v.SourceHash(s.origins[f.Path])
		if !ok {
			return nil
		}
		s.linked[f.Path] = hash
	}
	return s
}

func byPath(a, b output.File) int { return strings.Compare(string(a.Path), string(b.Path)) }

// holds says whether nothing is wrong with the code of v either, and returns the standing of it. Where the first is false, nothing is said.
func (s *standing) holds(v *verifier) (*standing, bool) {
	if s == nil || v.SourceHash == nil || s.once != v.project() || !slices.Equal(s.sources, v.Sources) || !maps.Equal(s.prefixes, v.Prefixes) {
		return nil, false
	}
	changed, ok := s.changed(v.Files)
	if !ok {
		return nil, false
	}
	due, ok := s.due(v)
	if !ok {
		return nil, false
	}
	now := *s
	now.files, now.sources = v.Files, v.Sources
	concerned := map[int]bool{}
	for i := range due {
		concerned[i] = true
	}
	for _, i := range changed {
		p := v.Files[i].Path
		for _, owner := range s.owners[p] {
			concerned[owner] = true
		}
		if _, linked := s.linked[p]; len(s.owners[p]) == 0 && !linked {
			return nil, false // it is nobody's by itself
		}
	}
	v.adopt(s)
	if !now.read(v, slices.Sorted(maps.Keys(concerned)), changed) || len(v.violations) > 0 || v.stopped() {
		return nil, false
	}
	known := map[text.Path]bool{}
	for _, p := range v.known {
		known[p] = true
	}
	return &now, !slices.ContainsFunc(changed, func(i int) bool { return !known[v.Files[i].Path] })
}

// changed are the files with another content, by their index; false when there are others.
func (s *standing) changed(files []output.File) (out []int, same bool) {
	if len(files) != len(s.files) {
		return nil, false
	}
	for i := range files {
		if files[i].Path != s.files[i].Path {
			return nil, false
		}
		if files[i].Hash() != s.files[i].Hash() {
			out = append(out, i)
		}
	}
	return out, true
}

// due are the resources that are declared otherwise; false when they ask for something else of the whole.
func (s *standing) due(v *verifier) (map[int]bool, bool) {
	if len(v.Project.Resources) != len(s.resources) {
		return nil, false
	}
	out := map[int]bool{}
	for i, r := range v.Project.Resources {
		was := s.resources[i]
		if was.of != r && !alike(was.of, r) {
			return nil, false
		}
		if was.of != r || was.declared != v.Declared(r) {
			out[i] = true
		}
	}
	return out, true
}

// alike says whether two versions of a resource are one to everything but the modules that are its own.
func alike(a, b *model.Resource) bool {
	if a.ID != b.ID || a.Feature != b.Feature || a.Segment != b.Segment || (a.Table == nil) != (b.Table == nil) {
		return false
	}
	if a.Table != nil && a.Table.Name != b.Table.Name {
		return false
	}
	return asked(a) == asked(b) && slices.Equal(owned(a), owned(b)) && slices.Equal(refers(a), refers(b))
}

// demands are what a policy asks of the modules that all resources share: grants are the operations that the app names for it.
type demands struct {
	unsafe, trail, team bool
	grants              string
}

func asked(r *model.Resource) demands {
	return demands{getsAll(r), public(r), r.AsksForTeam(), strings.Join(slices.Sorted(maps.Keys(granted(r))), " ")}
}

// refers are the columns that the foreign keys of a resource refer to.
func refers(r *model.Resource) (out []string) {
	each := func(target model.ID, keys ...string) {
		out = append(out, string(target)+"\x00"+strings.Join(keys, " "))
	}
	referring(r, each)
	return out
}

// adopt takes over what was found of the whole.
func (v *verifier) adopt(s *standing) {
	v.parents, v.named, v.called, v.origins = s.parents, s.named, s.called, s.origins
	v.byFile = maps.Clone(s.policies)
}

// read verifies what changed: the modules of the resources that are concerned, those of tables that refer to other ones, and linked modules. It
// returns false when what it finds is not a matter of theirs alone.
func (s *standing) read(v *verifier, concerned, changed []int) bool {
	s.resources = slices.Clone(s.resources)
	for _, i := range concerned {
		r := v.Project.Resources[i]
		e := &emitted{declared: r, file: policyOf(r)}
		was := v.byFile[e.file]
		if was == nil {
			return false
		}
		e.name = was.name
		v.byFile[e.file], v.resources[r.ID] = e, e
	}
	s.policies = v.byFile
	v.schemasOf(s.features(v, concerned, changed))
	for _, i := range concerned {
		r := v.Project.Resources[i]
		var names []policyName
		if r.Table != nil {
			names = v.policyNames(v.resources[r.ID])
		}
		if !slices.EqualFunc(names, s.resources[i].names, func(a, b policyName) bool { return a.name == b.name }) {
			return false
		}
		s.resources[i] = stood{r, v.Declared(r), names}
		v.onePolicy(v.resources[r.ID])
	}
	return s.relink(v, changed)
}

// features are the modules of tables that are to be read: those of the resources that are concerned, and those that refer to one which has
// changed.
func (s *standing) features(v *verifier, concerned, changed []int) map[text.Path][]*model.Resource {
	out := map[text.Path][]*model.Resource{}
	add := func(r *model.Resource) {
		if f := schemaOf(r); r.Table != nil && out[f] == nil {
			for _, i := range s.owners[f] {
				if other := v.Project.Resources[i]; other.Table != nil {
					out[f] = append(out[f], other)
				}
			}
		}
	}
	for _, i := range concerned {
		add(v.Project.Resources[i])
	}
	tables := map[model.ID]bool{}
	for _, i := range changed {
		p := v.Files[i].Path
		for _, owner := range s.owners[p] {
			if r := v.Project.Resources[owner]; schemaOf(r) == p {
				tables[r.ID] = true
			}
		}
	}
	if len(tables) > 0 {
		for _, r := range v.Project.Resources {
			if slices.ContainsFunc(r.Uses, func(id model.ID) bool { return tables[id] }) {
				add(r)
			}
		}
	}
	return out
}

// relink verifies the linked modules that changed, and those whose source did.
func (s *standing) relink(v *verifier, changed []int) bool {
	if len(s.linked) == 0 {
		return true
	}
	other := map[text.Path]bool{}
	for _, i := range changed {
		other[v.Files[i].Path] = true
	}
	s.linked = maps.Clone(s.linked)
	there := ""
	for f := range v.linkedFiles() {
		hash, ok := v.SourceHash(s.origins[f.Path])
		if !ok {
			return false
		}
		if s.linked[f.Path] == hash && !other[f.Path] {
			continue
		}
		if there == "" {
			there = v.there()
		}
		s.linked[f.Path] = hash
		v.oneLinked(f, there)
	}
	return true
}
