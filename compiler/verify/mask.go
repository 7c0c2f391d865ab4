package verify

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	address = regexp.MustCompile(`^([^\s@])[^\s@]*@([^\s@])([^\s@]*)(\.[^\s@.]+)$`)
	digital = regexp.MustCompile(`^[\d\s()+./-]+$`)
	account = regexp.MustCompile(`^[A-Za-z0-9]{12,34}$`)
)

// masked is what a mask type makes of a text, as the masking page documents it, and false for a function of the project.
func masked(kind, text string) (string, bool) {
	switch kind {
	case "redact":
		return "[REDACTED]", true
	case "email":
		if m := address.FindStringSubmatch(text); m != nil {
			return m[1] + "***@" + m[2] + stars(m[3]) + m[4], true
		}
		return stars(text), true
	case "phone", "ssn":
		digits := strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, text)
		if len(digits) > 4 && digital.MatchString(text) {
			return strings.Repeat("*", len(digits)-4) + digits[len(digits)-4:], true
		}
		return stars(text), true
	case "creditCard":
		bare := strings.NewReplacer(" ", "", "-", "").Replace(text)
		if account.MatchString(bare) {
			return strings.Repeat("*", 12) + bare[len(bare)-4:], true
		}
		return stars(text), true
	case "name":
		return initials(text), true
	}
	return "", false
}

func stars(text string) string { return strings.Repeat("*", utf8.RuneCountInString(text)) }

func initials(text string) string {
	var b strings.Builder
	first, alone := true, true
	flush := func() {
		if !first && alone {
			// a word of one letter shows nothing
			s := b.String()
			_, size := utf8.DecodeLastRuneInString(s)
			b.Reset()
			b.WriteString(s[:len(s)-size] + "*")
		}
	}
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			flush()
			b.WriteRune(r)
			first, alone = true, true
		case first:
			b.WriteRune(r)
			first = false
		default:
			b.WriteByte('*')
			alone = false
		}
	}
	flush()
	return b.String()
}
