package diagnostics

import (
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/diagnostics/text"
)

func rule(code Code) *Rule {
	return &Rule{Code: code, Title: "A title", Why: "A harm", Fix: "A remedy", Since: "0.1"}
}

func TestCatalogueIsInTheOrderOfCodes(t *testing.T) {
	c, err := NewCatalogue([]*Rule{rule("QB5002"), rule("QB1001")}, nil, []*Rule{rule("QB3001")})
	if err != nil {
		t.Fatal(err)
	}
	var got []Code
	for r := range c.All() {
		got = append(got, r.Code)
	}
	if want := []Code{"QB1001", "QB3001", "QB5002"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if r, ok := c.ByCode("QB3001"); !ok || r.Code != "QB3001" {
		t.Errorf("ByCode(QB3001) = %v, %v", r, ok)
	}
	if _, ok := c.ByCode("QB3002"); ok {
		t.Error("ByCode finds a code that no rule has")
	}
}

func TestCatalogueRefuses(t *testing.T) {
	without := func(change func(*Rule)) []*Rule {
		r := rule("QB3001")
		change(r)
		return []*Rule{r}
	}
	for name, test := range map[string]struct {
		rules []*Rule
		want  string
	}{
		"a code twice":        {[]*Rule{rule("QB3001"), rule("QB3001")}, "QB3001 is used twice"},
		"a short code":        {[]*Rule{rule("QB301")}, `"QB301"`},
		"a long code":         {[]*Rule{rule("QB30011")}, `"QB30011"`},
		"another prefix":      {[]*Rule{rule("XB3001")}, `"XB3001"`},
		"letters":             {[]*Rule{rule("QB30A1")}, `"QB30A1"`},
		"no family":           {[]*Rule{rule("QB0001")}, `"QB0001"`},
		"no code":             {[]*Rule{rule("")}, `""`},
		"nil":                 {[]*Rule{nil}, "nil"},
		"no title":            {without(func(r *Rule) { r.Title = "" }), "lacks Title"},
		"no why":              {without(func(r *Rule) { r.Why = " " }), "lacks Why"},
		"no fix":              {without(func(r *Rule) { r.Fix = "" }), "lacks Fix"},
		"no since":            {without(func(r *Rule) { r.Since = "" }), "lacks Since"},
		"everything at once":  {[]*Rule{{Code: "QB3001"}}, "lacks Title, Why, Fix, Since"},
		"the second of three": {[]*Rule{rule("QB1001"), rule("bad"), rule("QB1002")}, `"bad"`},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := NewCatalogue(test.rules)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want one with %s", err, test.want)
			}
			if c != nil {
				t.Error("a catalogue was returned beside the error")
			}
		})
	}
}

func TestCatalogueNamesEveryProblem(t *testing.T) {
	_, err := NewCatalogue([]*Rule{rule("bad")}, []*Rule{rule("QB3001"), rule("QB3001")})
	for _, want := range []string{`"bad"`, "QB3001 is used twice"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not say %s", err, want)
		}
	}
}

func TestFamily(t *testing.T) {
	for code, want := range map[Code]string{
		"QB1001": "syntax and shape", "QB3999": "firewall", "QB9000": "contracts and internal",
		"QB0001": "", "QB": "", "": "",
	} {
		if got := Family(code); got != want {
			t.Errorf("Family(%q) = %q, want %q", code, got, want)
		}
	}
}

func TestSort(t *testing.T) {
	at := func(p text.Path, start, end int32, code Code, message string) Diagnostic {
		return Diagnostic{Rule: rule(code), At: text.Place{Path: p, Span: text.Span{Start: start, End: end}}, Message: message}
	}
	want := []Diagnostic{
		at("a.ts", 1, 2, "QB5001", "x"),
		at("a.ts", 1, 3, "QB3001", "x"),
		at("a.ts", 1, 3, "QB3002", "a"),
		at("a.ts", 1, 3, "QB3002", "b"),
		at("a.ts", 20, 21, "QB1001", "x"),
		at("b.ts", 0, 1, "QB1001", "x"),
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	Sort(got)
	for i := range want {
		if got[i].At != want[i].At || got[i].Rule.Code != want[i].Rule.Code || got[i].Message != want[i].Message {
			t.Errorf("%d: got %v %s %s", i, got[i].At, got[i].Rule.Code, got[i].Message)
		}
	}
}

func TestNearest(t *testing.T) {
	columns := []string{"id", "name", "email", "stage", "organizationId", "createdAt", "createdBy", "resumeUrl"}
	for _, test := range []struct {
		word       string
		candidates []string
		want       string
	}{
		{"emial", columns, "email"},  // swapped
		{"emal", columns, "email"},   // missing
		{"emaill", columns, "email"}, // added
		{"Email", columns, "email"},  // case
		{"organization_id", columns, "organizationId"},
		{"organisationId", columns, "organizationId"},
		{"org", columns, "organizationId"}, // beginning
		{"stages", columns, "stage"},       // plural
		{"createdby", columns, "createdBy"},
		{"resumeURL", columns, "resumeUrl"},
		{"salary", columns, ""}, // nothing is near
		{"na", columns, ""},     // two letters are no beginning
		{"x", columns, ""},
		{"", columns, ""},
		{"email", columns, ""}, // itself is no suggestion
		{"email", nil, ""},
		{"list", []string{"lists", "lost", "last"}, "lists"}, // a beginning beats a wrong letter
		{"bat", []string{"cat", "bar"}, "bar"},               // the longer common beginning
		{"größe", []string{"größen"}, "größen"},              // letters, not bytes
	} {
		for range 2 { // whatever the order of candidates
			got, ok := Nearest(test.word, slices.Values(test.candidates))
			if got != test.want || ok != (test.want != "") {
				t.Errorf("Nearest(%q) = %q, %v; want %q", test.word, got, ok, test.want)
			}
			test.candidates = slices.Clone(test.candidates)
			slices.Reverse(test.candidates)
		}
	}
}

func TestDidYouMean(t *testing.T) {
	if got := DidYouMean("emial", slices.Values([]string{"email"})); got != `did you mean "email"?` {
		t.Errorf("got %s", got)
	}
	if got := DidYouMean("salary", slices.Values([]string{"email"})); got != "" {
		t.Errorf("got %s", got)
	}
}

func TestFamilyKeys(t *testing.T) {
	want := []string{"syntax", "references", "firewall", "access", "guards", "masking", "actions", "configuration", "contracts"}
	if got := FamilyKeys(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if FamilyKey("QB6001") != "masking" || FamilyKey("nothing") != "" {
		t.Error("a code has another family than its first digit says")
	}
}

func TestWhatMayBeSuppressedAndLowered(t *testing.T) {
	for _, test := range []struct {
		rule              Rule
		suppress, lowered bool
	}{
		{Rule{Severity: Error}, false, false},
		{Rule{Severity: Error, Waivable: true}, true, true},
		{Rule{Severity: Error, Waivable: true, Locked: true}, true, false},
		{Rule{Severity: Error, Locked: true}, false, false},
		{Rule{Severity: Warning}, true, true},
		{Rule{Severity: Warning, Locked: true}, true, false},
	} {
		if test.rule.Suppressible() != test.suppress || test.rule.Lowers() != test.lowered {
			t.Errorf("%+v: suppressible %v, lowers %v", test.rule, test.rule.Suppressible(), test.rule.Lowers())
		}
	}
}

func TestWithLeavesTheRuleAlone(t *testing.T) {
	r := rule("QB3001")
	if info := r.With(Info); info.Severity != Info || info.Code != r.Code || r.Severity != Error {
		t.Errorf("%+v from %+v", info, r)
	}
	if r.With(Error) != r {
		t.Error("the same severity makes another rule")
	}
}

func TestSure(t *testing.T) {
	for _, test := range []struct {
		word       string
		candidates []string
		want       string
	}{
		{"creatable", []string{"createable", "updatable", "protected"}, "createable"},
		{"emial", []string{"email", "name"}, "email"},
		{"Email", []string{"email"}, "email"},
		{"organization_id", []string{"organizationId", "id"}, "organizationId"},
		{"organisationId", []string{"organizationId"}, "organizationId"},
		{"rate", []string{"date"}, ""},                       // other words
		{"mode", []string{"code", "model"}, "model"},         // one letter missing
		{"notes", []string{"note", "votes", "node"}, "note"}, // votes is another word
		{"names", []string{"name", "named"}, "name"},
		{"nam", []string{"name"}, ""}, // too short to be sure
		{"stagee", []string{"stage", "stages"}, ""},
		{"org", []string{"organizationId"}, ""},
		{"email", []string{"email"}, ""},
		{"email", nil, ""},
		{"_", []string{"-"}, ""},
	} {
		if got, ok := Sure(test.word, slices.Values(test.candidates)); got != test.want || ok != (test.want != "") {
			t.Errorf("Sure(%q, %v) = %q, %v; want %q", test.word, test.candidates, got, ok, test.want)
		}
	}
}
