// Package e2e drives an emitted backend the way its clients do: over HTTP, against a real process, knowing nothing of how it
// was made. It compiles testdata/projects/recruiting, starts the result under Bun on a loopback port, signs people up, and
// asks. What it expects comes from the definitions and from the documented behaviour of the API, to the status code.
//
// One backend serves most tests; each test founds its own organization (newTenant), so that tests share a process but no row.
// Expectations that repeat are data: see access_test.go, guards_test.go and query_test.go.
//
// The package has no code but tests. Bun and the npm packages come from testdata/runtime.
package e2e
