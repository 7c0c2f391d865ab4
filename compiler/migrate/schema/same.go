package schema

import (
	"encoding/json"
	"slices"
)

// Same says whether two tables are the same in everything, the order of things included. Tables that are not may still be Equal.
func Same(a, b *Table) bool {
	return a == b || a.Space == b.Space && a.Name == b.Name && all(a.Columns, b.Columns, sameColumn) && all(a.Indexes, b.Indexes, sameIndex) &&
		all(a.ForeignKeys, b.ForeignKeys, sameForeign) && (a.PrimaryKey == nil) == (b.PrimaryKey == nil) &&
		(a.PrimaryKey == nil || a.PrimaryKey.Name == b.PrimaryKey.Name && slices.Equal(a.PrimaryKey.Columns, b.PrimaryKey.Columns)) &&
		all(a.Uniques, b.Uniques, sameUnique) && all(a.Checks, b.Checks, func(a, b *Check) bool { return *a == *b })
}

func all[T any](a, b []*T, same func(a, b *T) bool) bool { return slices.EqualFunc(a, b, same) }

func sameColumn(a, b *Column) bool {
	return a.Name == b.Name && a.Type == b.Type && a.TypeSpace == b.TypeSpace && a.PrimaryKey == b.PrimaryKey && a.NotNull == b.NotNull && a.Increments == b.Increments &&
		sameDefault(a.Default, b.Default) && pointed(a.Generated, b.Generated) && pointed(a.Identity, b.Identity)
}

// sameDefault compares what defaults can be. What they cannot be is never the same.
func sameDefault(a, b any) bool {
	switch a := a.(type) {
	case nil:
		return b == nil
	case string:
		text, ok := b.(string)
		return ok && text == a
	case bool:
		is, ok := b.(bool)
		return ok && is == a
	case json.Number:
		n, ok := b.(json.Number)
		return ok && n == a
	}
	return false
}

func pointed[T comparable](a, b *T) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }

func sameIndex(a, b *Index) bool {
	return a.Name == b.Name && slices.Equal(a.Parts, b.Parts) && a.Unique == b.Unique && a.Where == b.Where && a.Method == b.Method && a.Concurrently == b.Concurrently &&
		slices.Equal(a.With, b.With)
}

func sameForeign(a, b *ForeignKey) bool {
	return a.Name == b.Name && slices.Equal(a.Columns, b.Columns) && a.Parent == b.Parent && a.Space == b.Space && slices.Equal(a.Keys, b.Keys) &&
		a.OnDelete == b.OnDelete && a.OnUpdate == b.OnUpdate
}

func sameUnique(a, b *Unique) bool {
	return a.Name == b.Name && slices.Equal(a.Columns, b.Columns) && a.NullsNotDistinct == b.NullsNotDistinct
}
