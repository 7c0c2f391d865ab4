package definition

import "github.com/qbls/qbls/analysis/syntax"

// service is a define call whose meaning is documented and that this version does not emit: its keys are checked all the same,
// so that nobody finds the mistakes later.
type service struct {
	keys    []string
	strings []string // keys that hold text
	lists   []string // keys that hold lists of names
	needed  []string
}

var services = map[string]service{
	"defineQueue": {
		keys: []string{"name", "messageType", "description", "execute"}, strings: []string{"name", "messageType", "description"}, needed: []string{"name", "messageType", "execute"},
	},
	"defineEmbedding": {
		keys:    []string{"name", "description", "source", "vectorIndex", "model", "search", "triggers"},
		strings: []string{"name", "description", "source", "vectorIndex", "model"}, needed: []string{"name", "source"},
	},
	"defineRealtime": {
		keys: []string{"name", "events", "description"}, strings: []string{"name", "description"}, lists: []string{"events"}, needed: []string{"name", "events"},
	},
	"definePage": {
		keys:    []string{"slug", "title", "description", "icon", "feature", "access", "dataSources", "layout", "matching", "pageActions"},
		strings: []string{"slug", "title", "description", "icon", "feature"}, needed: []string{"slug", "title", "access"},
	},
	"defineFileStorage": {keys: nil},
}

// service reads one of those calls.
func (r *reader) service(name string, call syntax.Node) {
	r.later(place(call.Callee()), name)
	s := services[name]
	if s.keys == nil {
		return
	}
	o := r.object(call.Child(0), name, &keys{known: s.keys})
	if o == nil {
		return
	}
	for _, key := range s.strings {
		o.str(key)
	}
	for _, key := range s.lists {
		o.columns(key)
	}
	for _, key := range s.needed {
		if !o.has(key) {
			r.report(WrongValue, place(call.Callee()), "Add "+key+".", "%s needs %s.", name, key)
		}
	}
	switch name {
	case "defineEmbedding":
		r.embeddingSearch(o)
	case "definePage":
		r.accessOf(o)
		r.page(o)
	}
}

func (r *reader) embeddingSearch(o *object) {
	if o.has("search") {
		s := r.object(o.value("search"), "search", &keys{known: []string{"threshold", "limit", "classify", "filters"}})
		s.num("threshold")
		s.num("limit")
		s.columns("filters")
		if s.has("classify") {
			r.object(s.value("classify"), "classify", nil).each(func(name Name, p syntax.Node) { r.num(p.Value(), "classify."+name.Text) })
		}
	}
	if o.has("triggers") {
		r.object(o.value("triggers"), "triggers", &keys{known: []string{"onQueueMessage"}}).str("onQueueMessage")
	}
}
