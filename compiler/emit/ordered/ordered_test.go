package ordered

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestOrderAndLayout(t *testing.T) {
	m := New().Set("z", 1).Set("a", []string{"x", "</b>"}).Set("z", 2).Set("deep", New().Set("one", New().Set("two", New().Set("three", New().Set("four", true)))))
	want := `{
  "z": 2,
  "a": ["x", "</b>"],
  "deep": {
    "one": { "two": { "three": { "four": true } } }
  }
}
`
	if got := string(JSON(m)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestLayoutKeepsTheValue: whatever the value, what is printed parses to it, and lines that could be broken are short.
func TestLayoutKeepsTheValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := tree(t, 4)
		want := plain(value)
		var got any
		printed := JSON(value)
		if err := json.Unmarshal(printed, &got); err != nil {
			t.Fatalf("%v\n%s", err, printed)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%s\nis not\n%#v", printed, want)
		}
		for _, line := range strings.Split(string(printed), "\n") {
			if len(line) > width+1 && strings.HasSuffix(strings.TrimSuffix(line, ","), " }") && !strings.Contains(line, `"{`) {
				t.Fatalf("a line of %d columns: %s", len(line), line)
			}
		}
	})
}

// plain is the value as encoding/json reads it.
func plain(v any) any {
	switch v := v.(type) {
	case *Map:
		out := map[string]any{}
		for _, k := range v.Keys() {
			m, _ := v.Get(k)
			out[strings.ToValidUTF8(k, "\ufffd")] = plain(m)
		}
		return out
	case []any:
		out := []any{}
		for _, e := range v {
			out = append(out, plain(e))
		}
		return out
	case string:
		return strings.ToValidUTF8(v, "\ufffd")
	}
	return v
}

func tree(t *rapid.T, depth int) any {
	kinds := 4
	if depth > 0 {
		kinds = 6
	}
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return rapid.String().Draw(t, "text")
	case 1:
		return rapid.Float64().Draw(t, "number")
	case 2:
		return rapid.Bool().Draw(t, "bool")
	case 3:
		return nil
	case 4:
		list := []any{}
		for range rapid.IntRange(0, 4).Draw(t, "length") {
			list = append(list, tree(t, depth-1))
		}
		return list
	}
	m := New()
	for range rapid.IntRange(0, 4).Draw(t, "members") {
		m.Set(rapid.String().Draw(t, "key"), tree(t, depth-1))
	}
	return m
}

// TestKeptTextsAreWhatTheyWere: a text that is kept by its lines is written as it was, and what is said again in the same words is one value.
func TestKeptTextsAreWhatTheyWere(t *testing.T) {
	s := NewStore()
	long := New().Set("description", strings.Repeat("wide ", 40)).Set("lines", "a\nb").Set("empty", New())
	for _, v := range []any{long, New().Set("all", []any{long, long}), "one line", "", New()} {
		laid := Lay(v, "key", 2)
		kept := s.Keep(laid)
		want, got := JSON(New().Set("key", laid)), JSON(New().Set("key", kept))
		if string(got) != string(want) || kept.Len() != laid.Len() || s.Keep(kept).Len() != kept.Len() {
			t.Errorf("kept:\n%s\nwas:\n%s", got, want)
		}
	}
	lines := s.Lines()
	if a, b := s.KeepNamed(&Named{"x", Lay(long, "x", 2)}), s.KeepNamed(&Named{"x", Lay(long, "x", 2)}); a != b || s.Lines() != lines {
		t.Errorf("%d lines became %d", lines, s.Lines())
	}
	if a, b := s.KeepNamed(&Named{"x", Lay("other", "x", 2)}), s.KeepNamed(&Named{"x", Lay(long, "x", 2)}); a == b {
		t.Error("another text has become the same")
	}
}
