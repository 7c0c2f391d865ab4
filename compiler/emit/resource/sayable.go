package resource

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// inherited are the names that every JavaScript object answers to: a policy keyed by column would find them where it has none.
var inherited = []string{"__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__", "__proto__", "constructor",
	"hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf"}

// segment is one step of a path as the router takes it literally: no parameter, no wildcard, nothing that a client would resolve.
var segment = regexp.MustCompile(`^[A-Za-z0-9_~-][A-Za-z0-9._~-]*$`)

// sayable refuses names that would mean something else in the output than in the definition.
func (w *writer) sayable() error {
	if t := w.Resource.Table; t != nil {
		for _, c := range t.Columns {
			if slices.Contains(inherited, c.Key) {
				return w.refuse(w.column(c.Key), "columns."+c.Key, fmt.Sprintf("Every JavaScript object has a %s: give the column another name", c.Key))
			}
		}
	}
	for _, v := range w.Resource.Views {
		if !segment.MatchString(v.Name) {
			return w.refuse(v.At, "views."+v.Name, fmt.Sprintf("The name of the view %q is no segment of a path: use letters, digits and hyphens", v.Name))
		}
	}
	for _, a := range w.Resource.Actions {
		path := a.Name
		if a.Standalone {
			path = strings.TrimPrefix(a.Path, "/")
		}
		for _, step := range strings.Split(path, "/") {
			if !segment.MatchString(step) || !a.Standalone && step != path {
				return w.refuse(a.At, "actions."+a.Name, fmt.Sprintf("%q is no path of an action: use letters, digits and hyphens between slashes", path))
			}
		}
	}
	return nil
}
