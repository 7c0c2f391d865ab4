package check

import (
	"strings"
	"unicode"
)

// Holdable says whether somebody can have a role of this name. A member's roles are one text with commas between them, whose parts
// are trimmed; a character that nobody sees would make two roles of what reads as one.
func Holdable(role string) bool {
	return role != "" && !strings.Contains(role, ",") && strings.TrimSpace(role) == role && !Invisible(role)
}

// Invisible says whether a text has characters that are not shown, or that change the order in which others are (Unicode's Cc and Cf).
func Invisible(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) })
}
