// Package masking holds the rules about what callers see of a field.
package masking

import "github.com/qbls/qbls/analysis/check"

// Set are the rules of this package.
func Set() check.Set {
	return check.Set{
		File:     []check.FileRule{UnknownType, UnknownOwner},
		Resource: []check.ResourceRule{Automatic, PublicPersonal, Unmasked, QueryWider, NoOwner, MaskedLabel},
	}
}
