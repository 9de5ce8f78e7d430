package domain

import (
	"fmt"
	"time"
)

// Date is a civil date: a day of the calendar with no time and no zone. "Today" is the civil date in Europe/London
// and is always handed in by the caller. The zero Date means "none": no date given, or a period that is still open.
//
// The value counts days, 1 being 0001-01-01, so that dates compare as numbers.
type Date int32

const dateLayout = "2006-01-02"

// NewDate returns the civil date of year, month and day.
func NewDate(year int, month time.Month, day int) Date {
	return DateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// DateOf returns the civil date that a clock on the wall shows at t, in t's own location.
func DateOf(t time.Time) Date {
	year, month, day := t.Date()
	midnight := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	return Date((midnight.Unix()-firstDay().Unix())/secondsPerDay + 1) //nolint:gosec // a year has four digits
}

// ParseDate reads an ISO 8601 calendar date such as "2026-04-01". The empty string is the zero Date.
func ParseDate(s string) (Date, error) {
	if s == "" {
		return 0, nil
	}
	t, err := time.Parse(dateLayout, s)
	if err != nil || t.Year() < 1 {
		return 0, fmt.Errorf("%q is not a date in the form YYYY-MM-DD", s)
	}
	return DateOf(t), nil
}

// String returns the date in ISO 8601, or "" for the zero Date.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	return firstDay().AddDate(0, 0, int(d)-1).Format(dateLayout)
}

// MarshalText writes the date as String does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the date as ParseDate does.
func (d *Date) UnmarshalText(text []byte) error {
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// AddDays returns the date n days later, earlier when n is negative.
func (d Date) AddDays(n int) Date { return d + Date(n) } //nolint:gosec // n is a number of days

const secondsPerDay = 24 * 60 * 60

func firstDay() time.Time { return time.Date(1, time.January, 1, 0, 0, 0, 0, time.UTC) }
