package definition

import (
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// returnedObjects are the tokens of a function's body, in which the objects are looked for that it visibly returns: return { status: 'done' }.
// What a function inside of it returns is another matter.
type returnedObjects struct {
	src  string
	toks []syntax.Token
	keys []text.Span
}

// keysReturned are the keys of the objects that a block visibly returns, also out of branches and loops, by place in the text.
func keysReturned(src string, block text.Span) []text.Span {
	body := src[block.Start:block.End]
	if !strings.Contains(body, "return") {
		return nil
	}
	o := &returnedObjects{src: body, toks: syntax.Tokens(body)}
	if len(o.toks) == 0 || o.text(0) != "{" {
		return nil
	}
	o.statements(1, o.close(0))
	for i := range o.keys {
		o.keys[i].Start += block.Start
		o.keys[i].End += block.Start
	}
	return o.keys
}

func (o *returnedObjects) text(i int) string {
	if i < 0 || i >= len(o.toks) {
		return ""
	}
	return o.src[o.toks[i].Span.Start:o.toks[i].Span.End]
}

func (o *returnedObjects) close(i int) int { return min(o.toks[i].Close, len(o.toks)) }

func (o *returnedObjects) statements(from, to int) {
	for i := from; i < to; i++ {
		if o.text(i) == "return" && o.text(i-1) != "." {
			open := i + 1
			for o.text(open) == "(" && open < to {
				open++
			}
			if o.text(open) == "{" {
				o.object(open)
			}
		}
		if o.toks[i].Close < 0 {
			continue
		}
		if o.text(i) == "{" && o.controlled(i) {
			o.statements(i+1, o.close(i))
		}
		i = o.close(i)
	}
}

// controlled says whether the brace at i opens a block of the same function: behind if (…), else, try and their like, or by itself.
func (o *returnedObjects) controlled(i int) bool {
	switch before := o.text(i - 1); before {
	case "else", "try", "finally", "do", "catch", ";", "{", "}", ":":
		return true
	case ")":
		for k := i - 2; k >= 0; k-- {
			if o.toks[k].Close == i-1 {
				switch o.text(k - 1) {
				case "if", "for", "while", "switch", "catch", "await": // for await (…)
					return true
				}
				return false
			}
		}
	}
	return false
}

// object notes the keys of an object literal.
func (o *returnedObjects) object(open int) {
	end := o.close(open)
	for k := open + 1; k < end; {
		name := o.toks[k].Span
		isString := o.toks[k].Kind == syntax.StringToken
		if isString && name.Len() > 2 {
			name = text.Span{Start: name.Start + 1, End: name.End - 1}
		}
		after := o.text(k + 1)
		if isString && after == ":" || o.toks[k].Kind == syntax.WordToken && (after == ":" || after == "," || k+1 == end) {
			o.keys = append(o.keys, name)
		}
		for k < end && o.text(k) != "," {
			if o.toks[k].Close >= 0 {
				k = o.close(k)
			}
			k++
		}
		k++
	}
}
