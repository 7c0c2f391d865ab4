package syntax

import "iter"

func (n Node) Refs() iter.Seq[Ref] { return func(func(Ref) bool) {} }
