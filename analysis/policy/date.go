package policy

import "time"

// dateLayout is how dates are stored and answered: UTC with milliseconds.
const dateLayout = "2006-01-02T15:04:05.000Z"

// ParseDate reads the ISO-8601 forms that a definition may compare a date column with: a day, or a moment with a zone.
func ParseDate(s string) (time.Time, bool) {
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04Z07:00", time.RFC3339Nano} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
