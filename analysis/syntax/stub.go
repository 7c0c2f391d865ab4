package syntax

import (
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
	"iter"
)

// signatures to implement
func Parse(f *text.File) *Tree                        { return nil }
func (t *Tree) File() *text.File                      { return nil }
func (t *Tree) Diagnostics() []diagnostics.Diagnostic { return nil }
func (t *Tree) Root() Node                            { return Node{} }
func (t *Tree) At(offset int) Cursor                  { return Cursor{} }
func (t *Tree) Node(id int32) Node                    { return Node{} }
func Rules() []*diagnostics.Rule                      { return nil }

type Tree struct{}
type Node struct {
	tree *Tree
	id   int32
}

func (n Node) Valid() bool                      { return n.tree != nil }
func (n Node) Tree() *Tree                      { return n.tree }
func (n Node) ID() int32                        { return n.id }
func (n Node) Kind() Kind                       { return 0 }
func (n Node) Has(f Flag) bool                  { return false }
func (n Node) Span() text.Span                  { return text.Span{} }
func (n Node) Text() string                     { return "" }
func (n Node) Parent() Node                     { return Node{} }
func (n Node) Children() iter.Seq[Node]         { return nil }
func (n Node) Child(i int) Node                 { return Node{} }
func (n Node) NumChildren() int                 { return 0 }
func (n Node) Name() string                     { return "" }
func (n Node) NameSpan() text.Span              { return text.Span{} }
func (n Node) Imported() string                 { return "" }
func (n Node) Module() string                   { return "" }
func (n Node) ModuleNode() Node                 { return Node{} }
func (n Node) Value() Node                      { return Node{} }
func (n Node) KeyNode() Node                    { return Node{} }
func (n Node) Callee() Node                     { return Node{} }
func (n Node) Operand() Node                    { return Node{} }
func (n Node) Operator() string                 { return "" }
func (n Node) Inner() Node                      { return n }
func (n Node) Property(key string) (Node, bool) { return Node{}, false }
func (n Node) Str() (string, bool)              { return "", false }
func (n Node) Offset(i int) int                 { return 0 }
func (n Node) Num() (float64, bool)             { return 0, false }
func (n Node) Bool() (bool, bool)               { return false, false }
func (n Node) Body() text.Span                  { return text.Span{} }
func (n Node) Refs() iter.Seq[Ref]              { return nil }
