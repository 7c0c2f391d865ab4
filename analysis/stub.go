package analysis

import "github.com/qbls/qbls/analysis/source"

type Workspace struct{}
type Snapshot struct {
	Seq   uint64
	Files *source.Set
}
