//go:build !unix

// Package pgtest gives tests a PostgreSQL server of their own. It is made for Unix systems; elsewhere its tests are not built.
package pgtest
