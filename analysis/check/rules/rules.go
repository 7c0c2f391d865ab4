// Package rules assembles every rule of the families into one set.
package rules

import "github.com/qbls/qbls/analysis/check"

// All returns every rule.
func All() check.Set {
	return check.Join()
}
