package definition

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"reflect"
	"sync"
	"unsafe"

	"github.com/qbls/qbls/diagnostics/text"
)

// shapeOf hashes what a file means, without where it is written: the places and the text hash are left out. Of anchors it has the ordinals:
// a text that is broken in another way may mean the same with more or fewer of them, and whoever keeps values of a file by its shape looks
// their anchors up in the places of the next one. Walking the values keeps the hash complete by construction: a field added to a
// declaration is in it.
func shapeOf(f *File) text.Hash { return hashed(f, writeFile()) }

func hashed(f *File, write writer) text.Hash {
	b := benches.Get().(*bench)
	defer benches.Put(b)
	meaning := &b.meaning
	*meaning = *f
	meaning.Text, meaning.Shape = text.Hash{}, text.Hash{}
	meaning.Places, meaning.Follows, meaning.Origins, meaning.Settled = Places{}, nil, nil, nil
	b.written = write(b.written[:0], unsafe.Pointer(meaning))
	b.meaning = File{}
	return sha256.Sum256(b.written)
}

// Outline hashes what linking takes from a file for the resources of other files: everything but what a policy says of its own
// table alone. What is left out here counts for the resources of the file, and for those that use them or are used by them.
func (f *File) Outline() text.Hash {
	outline := *f
	outline.RawSQL, outline.Writes, outline.Returns, outline.Gaps, outline.Related = nil, nil, nil, nil, nil
	if f.Table != nil {
		policy := *f.Table
		policy.Operations, policy.HasCrud, policy.Read, policy.Guards, policy.Masks, policy.Views = nil, false, nil, nil, nil, nil
		policy.Display, policy.DefaultSort, policy.InputHints, policy.Validation = Value[string]{}, nil, nil, nil
		outline.Table = &policy
	}
	return hashed(&outline, writeOutline())
}

// ShapeOf returns a function that hashes values of a type that is made of declarations: what they mean, without where they are written.
func ShapeOf[T any]() func(*T) text.Hash {
	write := placeless().of(reflect.TypeFor[T]())
	return func(v *T) text.Hash { return sha256.Sum256(write(make([]byte, 0, 4096), unsafe.Pointer(v))) }
}

// writer appends the value at an address so that two values of its type are written alike only when they are alike.
type writer func(b []byte, at unsafe.Pointer) []byte

// writeFile writes files. Writers are made of the types, once: a project has hundreds of thousands of values, and to ask each of
// them by reflection takes several times as long.
var (
	writeFile = sync.OnceValue(func() writer {
		return (&writers{made: map[reflect.Type]*writer{}, anchors: true}).of(reflect.TypeFor[File]())
	})
	writeOutline = sync.OnceValue(func() writer { return placeless().of(reflect.TypeFor[File]()) })
)

// writers are those that were made, by type: types may hold themselves.
type writers struct {
	made    map[reflect.Type]*writer
	anchors bool // whether their ordinals are written
}

func placeless() *writers { return &writers{made: map[reflect.Type]*writer{}} }

func (w *writers) of(t reflect.Type) writer {
	if made := w.made[t]; made != nil {
		return func(b []byte, at unsafe.Pointer) []byte { return (*made)(b, at) }
	}
	made := new(writer)
	w.made[t] = made
	*made = w.make(t)
	return *made
}

func (w *writers) make(t reflect.Type) writer {
	switch t.Kind() {
	case reflect.Struct:
		return w.fields(t)
	case reflect.Pointer:
		elem := w.of(t.Elem())
		return func(b []byte, at unsafe.Pointer) []byte {
			if to := *(*unsafe.Pointer)(at); to != nil {
				return elem(append(b, 1), to)
			}
			return append(b, 0)
		}
	case reflect.Slice:
		elem, size := w.of(t.Elem()), t.Elem().Size()
		return func(b []byte, at unsafe.Pointer) []byte {
			list := *(*[]byte)(at) // the length counts elements, whatever they are
			b = binary.AppendUvarint(b, uint64(len(list)))
			for i := range len(list) {
				b = elem(b, unsafe.Add(unsafe.Pointer(unsafe.SliceData(list)), uintptr(i)*size))
			}
			return b
		}
	case reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			n := t.Len()
			return func(b []byte, at unsafe.Pointer) []byte { return append(b, unsafe.Slice((*byte)(at), n)...) }
		}
		elem, size, n := w.of(t.Elem()), t.Elem().Size(), t.Len()
		return func(b []byte, at unsafe.Pointer) []byte {
			for i := range n {
				b = elem(b, unsafe.Add(at, uintptr(i)*size))
			}
			return b
		}
	case reflect.String:
		return func(b []byte, at unsafe.Pointer) []byte { return appendText(b, *(*string)(at)) }
	case reflect.Bool, reflect.Uint8:
		return func(b []byte, at unsafe.Pointer) []byte { return append(b, *(*byte)(at)) }
	case reflect.Int:
		return func(b []byte, at unsafe.Pointer) []byte { return binary.AppendVarint(b, int64(*(*int)(at))) }
	case reflect.Int32:
		return func(b []byte, at unsafe.Pointer) []byte { return binary.AppendVarint(b, int64(*(*int32)(at))) }
	case reflect.Float64:
		return func(b []byte, at unsafe.Pointer) []byte { return binary.LittleEndian.AppendUint64(b, *(*uint64)(at)) }
	case reflect.Interface:
		if t.NumMethod() == 0 {
			return func(b []byte, at unsafe.Pointer) []byte { return appendLiteral(b, *(*any)(at)) }
		}
	}
	panic("definition: no shape for " + t.String())
}

// fields writes a struct; of an anchor, the ordinal or nothing.
func (w *writers) fields(t reflect.Type) writer {
	type field struct {
		write  writer
		offset uintptr
	}
	var all []field
	for f := range t.Fields() {
		if anchor := reflect.TypeFor[text.Anchor](); t == anchor && w.anchors && f.Name == "N" || t != anchor && (w.anchors || f.Type != anchor) {
			all = append(all, field{w.of(f.Type), f.Offset})
		}
	}
	return func(b []byte, at unsafe.Pointer) []byte {
		for _, f := range all {
			b = f.write(b, unsafe.Add(at, f.offset))
		}
		return b
	}
}

// appendLiteral writes what a literal of the definition stands for, with its type.
func appendLiteral(b []byte, v any) []byte {
	if v, ok := v.(string); ok {
		return appendText(append(b, 's'), v)
	}
	if list, ok := v.([]any); ok {
		b = binary.AppendUvarint(append(b, 'l'), uint64(len(list)))
		for _, v := range list {
			b = appendLiteral(b, v)
		}
		return b
	}
	return appendText(append(b, 'v'), fmt.Sprintf("%T %#v", v, v))
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}
