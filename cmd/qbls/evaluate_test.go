package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// evaluated is a project whose policy only running the code can tell; createable is an expression.
func evaluated(t *testing.T, createable string) string {
	t.Helper()
	folder := copyOf(t, recruiting)
	file := filepath.Join(folder, "quickback", "features", "evaluated", "evaluated.ts")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	source := fmt.Sprintf(`import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

const only = (...roles: string[]) => ({ access: { roles } });

export const evaluated = sqliteTable('evaluated', { id: text('id').primaryKey(), organizationId: text('organization_id').notNull(), name: text('name') });

export default defineTable(evaluated, {
  firewall: { organization: {} },
  guards: { createable: %s },
  crud: { list: only('member'), create: only('owner') },
});
`, createable)
	if err := os.WriteFile(file, []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestCompileEvaluatesHelpers(t *testing.T) {
	folder := evaluated(t, "['id', 'name'].filter((c) => c !== 'id')")
	out, err := exec.Command(binary, "compile", folder, "--out", filepath.Join(folder, "backend")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	policy, err := os.ReadFile(filepath.Join(folder, "backend", "src", "features", "evaluated", "evaluated.resource.ts"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"list: { roles: ['member'] }", "create: { roles: ['owner'] }", "create: ['name']"} {
		if !strings.Contains(string(policy), want) {
			t.Errorf("the policy lacks %s:\n%s", want, policy)
		}
	}
}

// TestDeclaredEnvironment: definitions see the variables that the configuration declares, as they are now, and no others.
func TestDeclaredEnvironment(t *testing.T) {
	folder := evaluated(t, "process.env.QBLS_TEST_COLUMN === 'none' ? [] : [process.env.QBLS_TEST_COLUMN ?? 'organizationId']")
	t.Setenv("QBLS_TEST_COLUMN", "name")
	out, _, code := qbls(t, "check", folder)
	if code == 0 || !strings.Contains(out, "QB1122") || !strings.Contains(out, "compiler.env") {
		t.Fatalf("a variable that is not declared: %d\n%s", code, out)
	}
	file := filepath.Join(folder, "quickback", "quickback.config.ts")
	config, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	declared := strings.Replace(string(config), "name:", "compiler: { env: ['QBLS_TEST_COLUMN'] },\n  name:", 1)
	if err := os.WriteFile(file, []byte(declared), 0o644); err != nil {
		t.Fatal(err)
	}
	for value, want := range map[string]int{"name": 0, "nmae": exitErrors} {
		t.Setenv("QBLS_TEST_COLUMN", value)
		if out, errs, code := qbls(t, "check", folder); code != want {
			t.Errorf("with %s: exit code %d, want %d\n%s%s", value, code, want, out, errs)
		}
	}
	if err := os.Unsetenv("QBLS_TEST_COLUMN"); err != nil {
		t.Fatal(err)
	}
	if out, _, code := qbls(t, "check", folder); code == 0 || strings.Contains(out, "QB1122") { // the scope column is not the client's to write
		t.Errorf("a declared variable that is not set is undefined: %d\n%s", code, out)
	}
}

func TestHostileDefinitionsAreAnsweredInTime(t *testing.T) {
	for createable, code := range map[string]string{
		"[...(() => { while (true) {} })()]":                 "QB1120",
		"['x'.repeat(2 ** 29)]":                              "QB1122",
		"[...new Array(3e7).fill('name')]":                   "QB1122",
		"[String(/^(?=(a+)+$)/.test('a'.repeat(60) + '!'))]": "QB1120",
		"[`${process.exit(0)}`]":                             "QB1122",
		"[...(function f(): any { return [f()]; })()]":       "QB1121",
		"[(({} as any).__proto__.roles = ['owner'])[0]]":     "QB1122",
	} {
		t.Run(createable, func(t *testing.T) {
			folder := evaluated(t, createable)
			cmd := exec.Command(binary, "check", folder)
			out, err := cmd.CombinedOutput()
			if took := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(); took > 5*time.Second { // the sandbox is in it
				t.Errorf("it took %v of processor time", took)
			}
			if failed, ok := err.(*exec.ExitError); !ok || failed.ExitCode() != exitErrors {
				t.Errorf("check ends with %v", err)
			}
			if !strings.Contains(string(out), "quickback/features/evaluated/evaluated.ts:") || !strings.Contains(string(out), "error["+code+"]") {
				t.Errorf("check says\n%s", out)
			}
		})
	}
}
