package syntax

func (t *Tree) At(offset int) Cursor { return Cursor{} }
