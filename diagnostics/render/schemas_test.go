package render

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// officialSARIF is the schema of the OASIS standard (SARIF 2.1.0 with Errata 01), which go-sarif carries in its source as a constant.
func officialSARIF(t *testing.T) *jsonschema.Schema {
	t.Helper()
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif").Output()
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), "schema.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var source string
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && spec.Names[0].Name == "schema" {
			if source, err = strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value); err != nil {
				t.Fatal(err)
			}
		}
		return true
	})
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	if id := doc.(map[string]any)["id"]; id != "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json" {
		t.Fatalf("go-sarif has another schema: %v", id)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("sarif-schema-2.1.0.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestSARIFIsValidByTheOfficialSchema(t *testing.T) {
	schema := officialSARIF(t)
	for name, in := range map[string]Input{"none": {}, "everything": everything(t), "recruiting": {Projects: []Project{recruiting()}}} {
		out := written(t, "sarif", in)
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		report, err := sarif.FromString(out) // as another tool reads it
		if err != nil || len(report.Runs) != 1 || len(report.Runs[0].Results) != len(log(t, in).Runs[0].Results) {
			t.Errorf("%s: go-sarif reads something else (%v)", name, err)
		}
	}
}

// The schema is not so kind that it lets anything through.
func TestTheOfficialSchemaRefuses(t *testing.T) {
	schema := officialSARIF(t)
	for name, spoil := range map[string]func(run map[string]any){
		"a result without a message": func(run map[string]any) { delete(run["results"].([]any)[0].(map[string]any), "message") },
		"another level":              func(run map[string]any) { run["results"].([]any)[0].(map[string]any)["level"] = "fatal" },
		"a property of our own":      func(run map[string]any) { run["qbls"] = true },
	} {
		var doc map[string]any
		if err := json.Unmarshal([]byte(written(t, "sarif", everything(t))), &doc); err != nil {
			t.Fatal(err)
		}
		spoil(doc["runs"].([]any)[0].(map[string]any))
		if schema.Validate(doc) == nil {
			t.Errorf("%s is valid", name)
		}
	}
}

// testdata/junit-4.xsd is the schema by which Jenkins' xUnit plugin validates reports, as published, with its licence.
func TestJUnitIsValidByThePublishedSchema(t *testing.T) {
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Fatal("xmllint validates the report (Debian: libxml2-utils): ", err)
	}
	valid := func(report string) error {
		cmd := exec.Command("xmllint", "--noout", "--nonet", "--schema", "testdata/junit-4.xsd", "-")
		var said bytes.Buffer
		cmd.Stdin, cmd.Stderr = strings.NewReader(report), &said
		if err := cmd.Run(); err != nil {
			return &invalid{said.String()}
		}
		return nil
	}
	for name, in := range map[string]Input{"none": {}, "everything": everything(t), "recruiting": {Projects: []Project{recruiting()}}} {
		report := written(t, "junit", in)
		if err := valid(report); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if name == "recruiting" && valid(strings.Replace(report, "<failure", "<broken", 1)) == nil {
			t.Error("the schema lets anything through")
		}
	}
}

type invalid struct{ said string }

func (i *invalid) Error() string { return i.said }
