// Package rules assembles the rules of every family. It is apart from package check because families import that one.
package rules

import (
	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/check/access"
	"github.com/qbls/qbls/analysis/check/actions"
	"github.com/qbls/qbls/analysis/check/firewall"
	"github.com/qbls/qbls/analysis/check/guards"
	"github.com/qbls/qbls/analysis/check/masking"
	"github.com/qbls/qbls/analysis/check/references"
	"github.com/qbls/qbls/analysis/check/storage"
	"github.com/qbls/qbls/analysis/check/views"
)

// All are the rules of every project, in the order of their families. Their documentation is All().Rules() and check.Internal.
func All() check.Set {
	return check.Join(references.Set(), firewall.Set(), access.Set(), guards.Set(), masking.Set(), views.Set(), actions.Set(), storage.Set())
}
