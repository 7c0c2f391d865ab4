package contract

import (
	"encoding/json"

	"github.com/qbls/qbls/analysis/grant"
)

// Kinds and version of the two artifacts (seeds: compiler__config, compiler__config__output).
const (
	SchemaVersion = "1"
	ReportKind    = "quickback-security-contract-report"
	SignatureKind = "quickback-security-contract-signature"
)

// Statuses of contracts and of the whole report.
const (
	Pass          = "pass"
	Fail          = "fail"
	NotApplicable = "notApplicable" // nothing was emitted that the contract is about
)

// Proves is what a report says of itself.
const Proves = "The emitted files enforce exactly what qbls read from the definitions. That the definitions are read as documented, and that the library (src/lib, verified by digest) enforces the data it is given, is shown by the tests of qbls, not by this report. What the author's own actions send as a Response, a stream or a file is theirs: no mask is applied to it."

// Report is what was verified and what was found. It is written as canonical JSON (RFC 8785). The first fields are those of the original
// report; those after Violations extend it.
type Report struct {
	SchemaVersion     string                     `json:"schemaVersion"`
	Kind              string                     `json:"kind"`
	CompilerVersion   string                     `json:"compilerVersion"`
	GeneratedAt       string                     `json:"generatedAt"` // RFC 3339, UTC
	FailMode          string                     `json:"failMode"`    // error, warn
	ContractsEnabled  bool                       `json:"contractsEnabled"`
	DestinationConfig map[string]map[string]bool `json:"destinationConfig"` // destination → contract → checked
	Summary           Summary                    `json:"summary"`
	Violations        []Violation                `json:"violations"`

	Project      string        `json:"project"`
	Target       Target        `json:"target"`
	Proves       string        `json:"proves"`
	Contracts    []Outcome     `json:"contracts"` // in the order of All
	Inputs       []Digest      `json:"inputs"`    // files of the project, relative to it, by path
	Outputs      []Digest      `json:"outputs"`   // emitted files but the report and its signatures, relative to the output, by path
	Resources    []Resource    `json:"resources"` // by ID
	Suppressions []Suppression `json:"suppressions"`
	Grants       *grant.List   `json:"grants"` // what everybody may do, for comparisons with other versions
}

// Summary counts.
type Summary struct {
	Status                  string         `json:"status"` // pass, fail
	TotalViolations         int            `json:"totalViolations"`
	ViolationsByDestination map[string]int `json:"violationsByDestination"`
	FilesChecked            map[string]int `json:"filesChecked"` // hono counts modules of routes
}

// Violation is one place where the emitted files say something else than the definitions.
type Violation struct {
	Code     string `json:"code"`
	Contract string `json:"contract"`
	Resource string `json:"resource,omitempty"`
	Subject  string `json:"subject"` // what it is about, in a path: "operations.list.access"
	File     string `json:"file"`    // emitted
	Range    Range  `json:"range"`
	Declared string `json:"declared"` // what the definitions say, canonical where it is data
	Emitted  string `json:"emitted"`
	Message  string `json:"message"`
}

// Range is a place in an emitted file. Offset and End count bytes; Line and Column begin with 1 and Column counts bytes, too.
type Range struct {
	Offset int `json:"offset"`
	End    int `json:"end"`
	Line   int `json:"line"`
	Column int `json:"column"`
}

// Target is what was emitted for.
type Target struct {
	Runtime  string `json:"runtime"`
	Database string `json:"database"`
	Auth     string `json:"auth"`
}

// Outcome is what became of one contract.
type Outcome struct {
	Name        string     `json:"name"`
	Code        string     `json:"code"`
	Destination string     `json:"destination"`
	Title       string     `json:"title"`
	Status      string     `json:"status"`
	Reason      string     `json:"reason,omitempty"` // of notApplicable
	Violations  int        `json:"violations"`
	Evidence    []Evidence `json:"evidence"` // what was read for it, by file and offset
}

// Evidence is a place in an emitted file that was read and found to be as declared.
type Evidence struct {
	File    string `json:"file"`
	Range   Range  `json:"range"`
	Subject string `json:"subject"`
}

// Digest is a file and its SHA-256 in hexadecimal digits.
type Digest struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

// Resource is the policy that the emitted files enforce.
type Resource struct {
	ID          string          `json:"id"`
	Feature     string          `json:"feature"`
	Name        string          `json:"name"`  // URL segment
	Table       string          `json:"table"` // SQL name, "" without one
	Internal    bool            `json:"internal"`
	Source      string          `json:"source"` // definition file, relative to the project
	Columns     []Column        `json:"columns"`
	Policy      json.RawMessage `json:"policy"`      // canonical form of analysis/policy, as rebuilt from the emitted files
	Fingerprint string          `json:"fingerprint"` // SHA-256 of Policy
}

// Column is a column of a resource, for what is said about its data.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"` // string, number, boolean, date, json, blob
	Role string `json:"role"` // plain, key, scope, audit, delete
}

// Suppression is a finding of a rule that a comment with a reason keeps from being shown.
type Suppression struct {
	Code    string `json:"code"`
	Reason  string `json:"reason"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Message string `json:"message"`
}
