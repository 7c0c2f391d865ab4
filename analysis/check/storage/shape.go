// Package storage holds the rules about files, tables and names of the whole project.
package storage

import (
	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/diagnostics"
)

// Set are the rules of this package.
func Set() check.Set {
	return check.Set{
		File:     []check.FileRule{TwoResources, WrittenSecret, FileName},
		Resource: []check.ResourceRule{UnindexedScope, UnfitAudit, SoftWithoutAudit, UnmaskedCopy},
		Config:   []check.ConfigRule{OpenOrigins},
		Linked:   []check.LinkedRule{IdleTable},
		Project:  []check.ProjectRule{DuplicateSegment, DuplicateTable},
	}
}

// TwoResources: one file, one resource, one security boundary.
var TwoResources = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB8011", Title: "Two resources in one file", Since: "0.1.0", Locked: true,
		Why: "The URL of a resource is the name of its file. A second one has none, so its policy would be emitted nowhere.",
		Fix: "Move the second table and its policy to a file of its own.",
		Bad: check.Example("") + "\ndefineTable(things, { firewall: { organization: {} } });\n", Good: check.Example(""),
		Related: []diagnostics.Code{"QB8012"},
	},
	Run: func(p *check.FilePass, report check.Report) {
		if p.File.Table == nil {
			return
		}
		for _, at := range p.File.Table.Extra {
			report(diagnostics.Diagnostic{
				At: p.At(at), Message: "This file has a resource already; a second one has no URL of its own and would not be emitted.",
				Help: "Move this table and its policy to a file of its own in the feature's folder.", Key: p.Subject(),
				Related: []diagnostics.Related{{At: p.At(p.File.Table.At), Message: "the first resource"}},
			})
		}
	},
}
