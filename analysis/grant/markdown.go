package grant

import (
	"fmt"
	"strings"
)

// Markdown is a table of changes, for pages and comments: a heading with how many there are of each class, then one line a change, in the
// order given.
func Markdown(changes []Change) string {
	var b strings.Builder
	n := map[Class]int{}
	for _, c := range changes {
		n[c.Class]++
	}
	fmt.Fprintf(&b, "### Who can do what: %d widened, %d narrowed, %d neither\n", n[Widened], n[Narrowed], n[Neutral])
	if len(changes) == 0 {
		b.WriteString("\nNobody can do more or less than before.\n")
		return b.String()
	}
	b.WriteString("\n| | change | where |\n|---|---|---|\n")
	for _, c := range changes {
		at := ""
		if c.At.File != "" {
			at = fmt.Sprintf("`%s:%d`", c.At.File, c.At.Line)
		}
		fmt.Fprintf(&b, "| **%s** | %s | %s |\n", c.Class, strings.NewReplacer("|", `\|`, "<", "&lt;", "*", `\*`).Replace(c.Text), at)
	}
	return b.String()
}
