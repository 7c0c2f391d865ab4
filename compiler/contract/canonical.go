package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
)

// greatest is the greatest double, which is what numbers beyond it become.
var greatest = []byte("1.7976931348623157e+308")

// Canonical writes a value as canonical JSON (RFC 8785): no blanks, properties by the UTF-16 code units of their names, numbers as
// ECMAScript writes them. It fails on what I-JSON cannot hold: NaN, and numbers as great as
// the greatest double or beyond.
func Canonical(v any) ([]byte, error) {
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
