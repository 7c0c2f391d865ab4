package source

import (
	"path"
	"strings"

	"github.com/qbls/qbls/diagnostics/text"
)

// Locate returns the path of a file of the operating system within the workspace at root; false when it lies outside.
//
// Both names are absolute. They are read by their form and not by the system that runs: a root with a drive letter or a
// share is one of Windows, where separators are slashes of both kinds and case does not matter (editors write c: where the
// shell writes C:).
func Locate(root, name string) (text.Path, bool) {
	if windows(root) {
		root, name = strings.ReplaceAll(root, `\`, "/"), strings.ReplaceAll(name, `\`, "/")
	}
	root, name = cleaned(root), cleaned(name)
	if sameName(root, name) {
		return ".", true
	}
	if !strings.HasSuffix(root, "/") {
		root += "/"
	}
	if len(name) <= len(root) || !sameName(root, name[:len(root)]) {
		return "", false
	}
	return text.Path(name[len(root):]), true
}

// cleaned keeps the two slashes before the server of a share, which path.Clean would fold.
func cleaned(name string) string {
	if strings.HasPrefix(name, "//") {
		return "/" + path.Clean(name[1:])
	}
	return path.Clean(name)
}

func sameName(a, b string) bool {
	if windows(a) {
		return strings.EqualFold(a, b)
	}
	return a == b
}

// windows says whether an absolute name is one of Windows: C:\x, C:/x, \\server\share, //server/share.
func windows(name string) bool {
	if strings.HasPrefix(name, `\\`) || strings.HasPrefix(name, "//") {
		return true
	}
	if len(name) < 2 || name[1] != ':' {
		return false
	}
	letter := name[0] | 0x20
	return letter >= 'a' && letter <= 'z'
}
