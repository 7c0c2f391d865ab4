package verify_test

import (
	"path/filepath"
	"testing"

	"github.com/qbls/qbls/compiler/verify"
)

// TestMasksOfTheProjectsOwn asks for columns whose masks round or shorten: what a mask keeps, and what only looks like another row's masked
// value, is no leak. A mask that is not there, or does nothing, is one.
func TestMasksOfTheProjectsOwn(t *testing.T) {
	name := filepath.Join("..", "..", "compiler", "verify", "testdata", "scores")
	for _, runtime := range []string{"bun", "workerd"} {
		t.Run(runtime, func(t *testing.T) {
			dir, project := compiled(t, name, runtime)
			judge(t, prove(t, dir, verify.New(project)), []string{"list", "create", "update", "delete"})
		})
	}
	dir, project := compiled(t, name, "bun")
	const resource = "src/features/scores/scores.resource.ts"
	var mutants []mutant
	for _, column := range []string{"exact", "rough", "seenAt"} {
		change := change{resource, column + " is not masked", "mask: definition.policy.masking." + column + ".mask", "mask: (value: unknown) => value"}
		mutants = append(mutants, change.of(t, dir))
	}
	for _, more := range []change{
		{"src/lib/answer.ts", "masks of the project's own are not called", "return mask(value as never);", "return value;"},
		{resource, "a moment is shown", "    leftAt: { type: 'redact', show: { owner: 'createdBy' } },\n", ""},
		{resource, "a number is shown", "    startedAt: { type: 'redact', show: { owner: 'createdBy' } },\n", ""},
	} {
		mutants = append(mutants, more.of(t, dir))
	}
	hunt(t, dir, verify.New(project), mutants)
}

// TestAnswersThatBreakOff asks a project with a stream that fails: that is a wrong answer like any other, and the suite goes on.
func TestAnswersThatBreakOff(t *testing.T) {
	dir, project := compiled(t, filepath.Join("..", "..", "compiler", "e2e", "testdata", "files"), "bun")
	suite := verify.New(project)
	results := prove(t, dir, suite)
	if len(results) != len(suite.Probes) {
		t.Fatalf("%d of %d probes were asked", len(results), len(suite.Probes))
	}
	broken := 0
	for _, r := range results {
		if r.Fault != "" && r.Probe.Operation != "action broken" {
			t.Errorf("%s: %s", r.Probe.Name(), r.Fault)
		}
		if r.Fault == "the connection ended before the answer did" {
			broken++
		}
	}
	if broken == 0 {
		t.Error("the stream that fails is not told")
	}
}
