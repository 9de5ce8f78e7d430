package domain

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseDate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		want Date
		ok   bool
	}{
		{"", 0, true},
		{"0001-01-01", 1, true},
		{"0001-01-02", 2, true},
		{"2026-04-01", NewDate(2026, time.April, 1), true},
		{"2024-02-29", NewDate(2024, time.February, 29), true},
		{"9999-12-31", NewDate(9999, time.December, 31), true},
		{"2023-02-29", 0, false},
		{"2026-13-01", 0, false},
		{"2026-00-01", 0, false},
		{"2026-4-1", 0, false},
		{"0000-01-01", 0, false},
		{"-001-01-01", 0, false},
		{"12026-01-01", 0, false},
		{"2026-04-01T00:00:00Z", 0, false},
		{" 2026-04-01", 0, false},
		{"01/04/2026", 0, false},
		{"tomorrow", 0, false},
	} {
		got, err := ParseDate(c.in)
		if (err == nil) != c.ok || got != c.want {
			t.Errorf("ParseDate(%q) = %d, %v; want %d, ok %v", c.in, got, err, c.want, c.ok)
		}
	}
}

// A date is the one that a clock on the wall shows, whatever the hour and wherever the wall is.
func TestDateOfIsTheWallsDate(t *testing.T) {
	t.Parallel()
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	evening := time.Date(2026, time.June, 30, 23, 30, 0, 0, time.UTC)
	if got := DateOf(evening); got.String() != "2026-06-30" {
		t.Errorf("in UTC it is %s", got)
	}
	if got := DateOf(evening.In(london)); got.String() != "2026-07-01" {
		t.Errorf("in London it is %s", got)
	}
	for _, hour := range []int{0, 1, 2, 23} {
		// The nights on which the clocks change have 23 and 25 hours.
		for _, day := range []time.Time{
			time.Date(2026, time.March, 29, hour, 59, 59, 0, london),
			time.Date(2026, time.October, 25, hour, 59, 59, 0, london),
		} {
			if got, want := DateOf(day).String(), day.Format(time.DateOnly); got != want {
				t.Errorf("DateOf(%s) = %s", day, got)
			}
		}
	}
}

func TestDateProperties(t *testing.T) {
	t.Parallel()
	last := NewDate(9999, time.December, 31)
	dates := rapid.Custom(func(t *rapid.T) Date { return Date(rapid.Int32Range(1, int32(last)).Draw(t, "date")) })
	rapid.Check(t, func(t *rapid.T) {
		a, b := dates.Draw(t, "a"), dates.Draw(t, "b")
		parsed, err := ParseDate(a.String())
		if err != nil || parsed != a {
			t.Fatalf("%d is written %q and read %d, %v", a, a, parsed, err)
		}
		if (a < b) != (a.String() < b.String()) {
			t.Fatalf("%s and %s are in another order as numbers", a, b)
		}
		year, err := time.Parse(time.DateOnly, a.String())
		if err != nil || DateOf(year) != a || NewDate(year.Date()) != a {
			t.Fatalf("%s is %d days, not %d: %v", a, DateOf(year), a, err)
		}
		days := rapid.IntRange(-1000, 1000).Draw(t, "days")
		if moved := a.AddDays(days); moved.AddDays(-days) != a || int(moved-a) != days {
			t.Fatalf("%s and %d days is %s", a, days, moved)
		}
		if tomorrow := year.AddDate(0, 0, 1); a < last && DateOf(tomorrow) != a.AddDays(1) {
			t.Fatalf("the day after %s is %s", a, DateOf(tomorrow))
		}
	})
}

func TestDateAsText(t *testing.T) {
	t.Parallel()
	var d Date
	if text, err := d.MarshalText(); err != nil || len(text) != 0 {
		t.Errorf("no date is written %q, %v", text, err)
	}
	if err := d.UnmarshalText([]byte("2026-04-01")); err != nil || d != NewDate(2026, time.April, 1) {
		t.Errorf("read %s, %v", d, err)
	}
	if err := d.UnmarshalText([]byte("1 April")); err == nil || d != NewDate(2026, time.April, 1) {
		t.Errorf("a text that is no date gives %s, %v", d, err)
	}
	if text, err := d.MarshalText(); err != nil || string(text) != "2026-04-01" {
		t.Errorf("written %q, %v", text, err)
	}
	if err := d.UnmarshalText(nil); err != nil || d != 0 {
		t.Errorf("an empty text gives %s, %v", d, err)
	}
}

// What is read as a date is written the same way; nothing is read as a date that is before the first or has five digits.
func FuzzParseDate(f *testing.F) {
	for _, seed := range []string{"", "2026-04-01", "0000-01-01", "9999-12-31", "2023-02-29", "2026-4-1", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDate(text)
		if err != nil {
			if d != 0 {
				t.Errorf("ParseDate(%q) fails with %d", text, d)
			}
			return
		}
		if d.String() != text || d < 0 || d > NewDate(9999, time.December, 31) {
			t.Errorf("ParseDate(%q) = %d, which is written %q", text, d, d)
		}
	})
}
