package analysis_test

import (
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// block is one block of code of a page of the original documentation.
type block struct {
	page   string // below the folder of the pages, without .md
	number int    // from 1, blocks of every language counted
	lang   string // "" where the fence names none
	title  string // what the fence says behind the language
	text   string
}

var fence = regexp.MustCompile("^[ \\t]*```(\\S*)[ \\t]*(.*)$")

// pages reads the blocks of every page below a folder, in the order of the names of the pages.
func pages(t *testing.T, dir fs.FS) []block {
	t.Helper()
	var out []block
	err := fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".md" {
			return err
		}
		data, err := fs.ReadFile(dir, name)
		if err != nil {
			return err
		}
		page, lines := strings.TrimSuffix(name, ".md"), strings.Split(string(data), "\n")
		found := fenced(page, lines)
		if len(found) == 0 {
			found = unfenced(page, lines)
		}
		out = append(out, found...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func fenced(page string, lines []string) []block {
	var out []block
	for i := 0; i < len(lines); i++ {
		open := fence.FindStringSubmatch(lines[i])
		if open == nil {
			continue
		}
		end := i + 1
		for end < len(lines) && strings.TrimSpace(lines[end]) != "```" {
			end++
		}
		out = append(out, block{page, len(out) + 1, open[1], open[2], strings.Join(lines[i+1:end], "\n")})
		i = end
	}
	return out
}

var (
	codeStarts = regexp.MustCompile(`^(import |export |// )`)
	crudEntry  = regexp.MustCompile(`^(crud|masking): \{$`)
)

// unfenced reads pages that lost their fences: code begins with an import, an export, a comment or a key of a resource, and ends
// where brackets are closed and prose goes on.
func unfenced(page string, lines []string) []block {
	var out []block
	for i := 0; i < len(lines); i++ {
		if !codeStarts.MatchString(lines[i]) && !crudEntry.MatchString(lines[i]) {
			continue
		}
		var code []string
		for ; i < len(lines); i++ {
			line := lines[i]
			depth := newScan(strings.Join(code, "\n")).depth
			if len(code) > 0 && crudEntry.MatchString(code[0]) && depth == 1 && strings.HasPrefix(line, "}") {
				code = append(code, "}") // prose may be glued to the bracket
				break
			}
			if depth == 0 && line != "" && len(code) > 0 && !codeStarts.MatchString(line) && !codeStarts.MatchString(code[len(code)-1]) {
				i--
				break
			}
			code = append(code, line)
		}
		out = append(out, block{page, len(out) + 1, "typescript", "", strings.TrimRight(strings.Join(code, "\n"), "\n ")})
	}
	return out
}

// scan is how deep in brackets a text ends, and where its lines begin at no depth.
type scan struct {
	depth int
	top   []bool // by line: it begins outside of brackets, strings and comments
}

// newScan knows strings, templates and comments; regular expressions are left alone, for pages hardly have them.
func newScan(src string) scan {
	s := scan{top: []bool{true}}
	var holes []int // depths at which a template goes on behind }
	state := byte(0)
	for i := 0; i < len(src); i++ {
		c := src[i]
		switch {
		case c == '\n':
			if state == '/' || state == '"' || state == '\'' {
				state = 0
			}
			s.top = append(s.top, state == 0 && s.depth == 0)
		case state == '*':
			if strings.HasPrefix(src[i:], "*/") {
				state, i = 0, i+1
			}
		case state == '/':
		case state != 0:
			switch {
			case c == '\\':
				i++
			case c == state:
				state = 0
			case state == '`' && strings.HasPrefix(src[i:], "${"):
				holes, state, i = append(holes, s.depth), 0, i+1
			}
		case strings.HasPrefix(src[i:], "//"):
			state = '/'
		case strings.HasPrefix(src[i:], "/*"):
			state, i = '*', i+1
		case c == '\'' || c == '"' || c == '`':
			state = c
		case strings.IndexByte("([{", c) >= 0:
			s.depth++
		case c == '}' && len(holes) > 0 && holes[len(holes)-1] == s.depth:
			holes, state = holes[:len(holes)-1], '`'
		case strings.IndexByte(")]}", c) >= 0:
			s.depth--
		}
	}
	return s
}

// piece is a statement, or an entry of an object when it has a key, with the comments before it.
type piece struct {
	comment string
	key     string
	text    string
}

var (
	entryStart     = regexp.MustCompile(`^\s*(?:'([\w-]+)'|"([\w-]+)"|([A-Za-z_$][\w$]*))\s*:\s`)
	statementStart = regexp.MustCompile(`^\s*(export|const|let|import|async|function|interface|type|await|if|switch|try|for|return|\{|[\w.]+\s*=|[\w.]+\()`)
	commentStart   = regexp.MustCompile(`^\s*(//|/\*|\*)`)
)

// pieces cuts a block at its top level.
func pieces(src string) []piece {
	top, lines := newScan(src).top, strings.Split(src, "\n")
	var out []piece
	var comment []string
	for i, line := range lines {
		entry := entryStart.FindStringSubmatch(line)
		switch {
		case i < len(top) && top[i] && strings.TrimSpace(line) == "":
		case top[i] && commentStart.MatchString(line):
			comment = append(comment, line)
		case top[i] && (entry != nil || statementStart.MatchString(line)):
			p := piece{comment: strings.Join(comment, "\n"), text: line}
			if entry != nil {
				p.key = entry[1] + entry[2] + entry[3]
			}
			out, comment = append(out, p), nil
		case len(out) > 0:
			out[len(out)-1].text += "\n" + line
		}
	}
	return out
}

var (
	pathComment = regexp.MustCompile(`(?m)^\s*// (?:quickback/)?((?:features|services|handlers|schema|jobs)/[\w./-]+\.ts|quickback\.config\.ts)`)
	declares    = regexp.MustCompile(`^\s*export (?:const (\w+)|(default))`)
)

// group is what of a block makes one project: pages print variants of one thing below each other.
type group struct {
	path   string // the file its comment names
	pieces []piece
}

// groups begins another group at a comment that names a file, and where a name or key comes again.
func groups(list []piece) []group {
	var out []group
	var seen []string
	for _, p := range list {
		name := p.key
		if d := declares.FindStringSubmatch(p.text); d != nil {
			name = d[1] + d[2]
		}
		path := pathComment.FindStringSubmatch(p.comment)
		if len(out) == 0 || path != nil || (name != "" && slices.Contains(seen, name)) {
			out, seen = append(out, group{}), nil
		}
		last := &out[len(out)-1]
		if path != nil {
			last.path = path[1]
		}
		last.pieces, seen = append(last.pieces, p), append(seen, name)
	}
	return out
}
