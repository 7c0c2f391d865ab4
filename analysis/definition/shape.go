package definition

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"reflect"

	"github.com/qbls/qbls/diagnostics/text"
)

// shapeOf hashes what a file means, without where it is written: the places, the text hash and every anchor are left out.
// Walking the values keeps the hash complete by construction: a field added to a declaration is in it.
func shapeOf(f *File) text.Hash {
	meaning := *f
	meaning.Text, meaning.Shape = text.Hash{}, text.Hash{}
	meaning.Places, meaning.Follows, meaning.Origins, meaning.Settled = Places{}, nil, nil, nil
	return sha256.Sum256(appendValue(make([]byte, 0, 4096), reflect.ValueOf(meaning)))
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
	return shapeOf(&outline)
}

var anchorType = reflect.TypeFor[text.Anchor]()

// appendValue writes a value so that two values are written alike only when they are alike.
func appendValue(b []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return append(b, 0)
		}
		b = append(b, 1)
		if v.Kind() == reflect.Interface {
			b = append(append(b, v.Elem().Type().String()...), ':')
		}
		return appendValue(b, v.Elem())
	case reflect.Struct:
		if v.Type() == anchorType {
			return b
		}
		for i := range v.NumField() {
			b = appendValue(b, v.Field(i))
		}
		return b
	case reflect.Slice, reflect.Array:
		b = binary.AppendUvarint(b, uint64(v.Len()))
		for i := range v.Len() {
			b = appendValue(b, v.Index(i))
		}
		return b
	case reflect.String:
		return append(binary.AppendUvarint(b, uint64(v.Len())), v.String()...)
	case reflect.Bool:
		if v.Bool() {
			return append(b, 1)
		}
		return append(b, 0)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return binary.AppendVarint(b, v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return binary.AppendUvarint(b, v.Uint())
	case reflect.Float64:
		return binary.LittleEndian.AppendUint64(b, math.Float64bits(v.Float()))
	default:
		panic("definition: no shape for " + v.Type().String())
	}
}
