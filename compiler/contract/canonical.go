package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// greatest is the greatest double, which is what numbers beyond it become.
var greatest = []byte("1.7976931348623157e+308")

// Canonical writes a value as canonical JSON (RFC 8785): no blanks, properties by the UTF-16 code units of their names, numbers as
// ECMAScript writes them. It fails on what I-JSON cannot hold: NaN, and numbers as great as
// the greatest double or beyond.
func Canonical(v any) ([]byte, error) {
	if r, ok := v.(*Report); ok {
		return r.canonical()
	}
	return canonical(v)
}

// canonical writes a report piece by piece: one of a thousand tables is long, and would be copied several times.
func (r *Report) canonical() ([]byte, error) {
	fields := map[string]reflect.Value{}
	for field, value := range reflect.ValueOf(r).Elem().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		fields[name] = value
	}
	b := []byte{'{'}
	for i, name := range slices.Sorted(maps.Keys(fields)) { // all of them are ASCII
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), name...), `":`...)
		var err error
		if b, err = appendPieces(b, fields[name]); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

// appendPieces writes the elements of a list one by one, and anything else at once.
func appendPieces(b []byte, v reflect.Value) ([]byte, error) {
	if v.Kind() != reflect.Slice || v.IsNil() {
		piece, err := canonical(v.Interface())
		return append(b, piece...), err
	}
	b = append(b, '[')
	for i := range v.Len() {
		if i > 0 {
			b = append(b, ',')
		}
		piece, err := canonical(v.Index(i).Interface())
		if err != nil {
			return nil, err
		}
		b = append(b, piece...)
	}
	return append(b, ']'), nil
}

func canonical(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("canonical JSON: %w", err)
	}
	value := jsontext.Value(raw)
	if err := value.Canonicalize(); err != nil {
		return nil, fmt.Errorf("canonical JSON: %w", err)
	}
	if bytes.Contains(value, greatest) {
		return nil, errors.New("canonical JSON: a number is beyond what a double holds")
	}
	return value, nil
}
