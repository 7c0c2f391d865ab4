package definition

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"math"
	"reflect"

	"github.com/qbls/qbls/diagnostics/text"
)

// shapeOf hashes what a file means, without where it is written: the places, the text hash and every anchor are left out.
// Walking the values keeps the hash complete by construction: a field added to a declaration is in it.
func shapeOf(f *File) text.Hash {
	h := sha256.New()
	meaning := *f
	meaning.Text, meaning.Shape = text.Hash{}, text.Hash{}
	meaning.Places, meaning.Follows, meaning.Origins, meaning.Settled = nil, nil, nil, nil
	write(h, reflect.ValueOf(meaning))
	return text.Hash(h.Sum(nil))
}

var anchorType = reflect.TypeFor[text.Anchor]()

func write(h hash.Hash, v reflect.Value) {
	if v.Type() == anchorType {
		return
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			h.Write([]byte{0})
			return
		}
		h.Write([]byte{1})
		if v.Kind() == reflect.Interface {
			fmt.Fprint(h, v.Elem().Type(), ":")
		}
		write(h, v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			write(h, v.Field(i))
		}
	case reflect.Slice, reflect.Array:
		number64(h, uint64(v.Len()))
		for i := range v.Len() {
			write(h, v.Index(i))
		}
	case reflect.String:
		number64(h, uint64(v.Len()))
		h.Write([]byte(v.String()))
	case reflect.Bool:
		if v.Bool() {
			h.Write([]byte{1})
		} else {
			h.Write([]byte{0})
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		number64(h, uint64(v.Int()))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		number64(h, v.Uint())
	case reflect.Float64:
		number64(h, math.Float64bits(v.Float()))
	default:
		panic("definition: no shape for " + v.Type().String())
	}
}

func number64(h hash.Hash, n uint64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], n)
	h.Write(b[:])
}
