package grant

import (
	"fmt"
	"strings"

	"github.com/qbls/qbls/analysis/policy"
)

// words says a change in a sentence.
func (c Change) words() string {
	if c.Class == Neutral {
		return fmt.Sprintf("%s: %s was %s, is %s", c.Resource, c.What[0], c.Before, c.After)
	}
	who := c.people()
	what := deeds(c.What)
	switch {
	case c.Before == "":
		return fmt.Sprintf("%s: %s may now %s%s", c.Resource, who, what, c.rows(c.After))
	case c.After == "":
		return fmt.Sprintf("%s: %s may no longer %s", c.Resource, who, what)
	}
	more := map[Class]string{Widened: "more", Narrowed: "less"}[c.Class]
	return fmt.Sprintf("%s: %s may %s %s: was %s, is %s", c.Resource, who, what, more, c.Before, c.After)
}

func (c Change) rows(rows string) string {
	if rows == "every row" || strings.HasPrefix(c.What[0], "masked ") {
		return ""
	}
	return ", where " + rows
}

// people names callers as one speaks of them.
func (c Change) people() string {
	names := make([]string, 0, len(c.Who))
	for _, who := range c.Who {
		switch who {
		case Anonymous:
			who = "anybody without a session"
		case policy.Authenticated:
			who = "anybody with a session"
		}
		names = append(names, who)
	}
	return series(names)
}

// deeds says what can be done; the same done to several columns is said once.
func deeds(what []string) string {
	var order []string
	columns := map[string][]string{}
	for _, w := range what {
		verb, rest := deed(w)
		if _, known := columns[verb]; !known {
			order = append(order, verb)
		}
		columns[verb] = append(columns[verb], rest)
	}
	var out []string
	for _, verb := range order {
		out = append(out, strings.TrimSpace(strings.Replace(verb, "…", series(columns[verb]), 1)))
	}
	return series(out)
}

func deed(what string) (verb, object string) {
	if action, column, ok := strings.Cut(what, " writes "); ok {
		return "write … by " + action, column
	}
	verb, object, several := strings.Cut(what, " ")
	if !several {
		return what + "…", ""
	}
	switch verb {
	case "read":
		return "see … unmasked", object
	case "masked":
		return "see … masked", object
	case "view":
		return "read the view …", object
	case "action":
		return "run …", object
	case "unsafe":
		return "run … past every scope", strings.TrimPrefix(object, "action ")
	case "filter":
		return "filter by … although masked", object
	}
	return "write … by " + verb, object
}

func series(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
