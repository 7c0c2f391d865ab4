package session

import (
	"net/url"
	"strings"
)

// PathOf returns the absolute path that a file URI means, with slashes on every system: "/home/x", "c:/x", "//host/share/x".
// It is false for anything that is no file (untitled:, vscode-notebook-cell:, git:) and for what is no URI at all.
//
// Editors write the same file in different ways (file:///c%3A/x, file:///C:/x): RFC 8089 and the URI section of LSP 3.17.
// Drive letters come out in lower case, so that equal paths are equal strings.
func PathOf(uri string) (string, bool) {
	scheme, rest, ok := strings.Cut(uri, "://")
	if !ok || !strings.EqualFold(scheme, "file") {
		return "", false
	}
	if i := strings.IndexAny(rest, "?#"); i >= 0 {
		rest = rest[:i]
	}
	host, p, ok := strings.Cut(rest, "/")
	if !ok {
		return "", false
	}
	p, err := url.PathUnescape("/" + p)
	if err != nil || strings.ContainsRune(p, 0) {
		return "", false
	}
	if host != "" && !strings.EqualFold(host, "localhost") {
		return "//" + strings.ToLower(host) + p, true
	}
	if len(p) >= 3 && p[2] == ':' && isLetter(p[1]) {
		p = strings.ToLower(p[1:2]) + p[2:]
	}
	return p, true
}

// URIOf returns the file URI of an absolute path with slashes.
func URIOf(path string) string {
	path = strings.ReplaceAll(path, `\`, "/")
	switch {
	case strings.HasPrefix(path, "//"):
		host, rest, _ := strings.Cut(path[2:], "/")
		return "file://" + host + "/" + escape(rest)
	case strings.HasPrefix(path, "/"):
		return "file:///" + escape(path[1:])
	}
	return "file:///" + escape(path)
}

// join appends a relative path to the URI of a folder.
func join(folder, rel string) string {
	if rel == "" || rel == "." {
		return folder
	}
	return strings.TrimSuffix(folder, "/") + "/" + escape(rel)
}

// escape leaves only characters that every client leaves, so that the URI of a closed file is the one the client would write.
func escape(path string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		c := path[i]
		if isLetter(c) || c >= '0' && c <= '9' || strings.IndexByte("-._~/", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
