package guards

import (
	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics"
)

// removal is the fix that takes a field out of its list.
func removal(p *check.ResourcePass, n definition.Name) []diagnostics.Fix {
	edits := p.RemoveElement(n.At)
	if edits == nil {
		return nil
	}
	return []diagnostics.Fix{{Title: "Remove '" + n.Text + "' from the list", Edits: edits}}
}
