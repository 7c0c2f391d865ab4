package check

import "strings"

// Holdable says whether somebody can have a role of this name. A member's roles are one text with commas between them, whose parts
// are trimmed.
func Holdable(role string) bool {
	return role != "" && !strings.Contains(role, ",") && strings.TrimSpace(role) == role
}
