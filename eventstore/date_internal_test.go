package eventstore

import (
	"testing"
	"time"

	"github.com/remit-register/remit/domain"
)

// Every day of the years that can be stored is written as the calendar has it, and read back; nothing else is a date.
func TestDatesFollowTheCalendar(t *testing.T) {
	day := time.Date(1, time.January, 1, 0, 0, 0, 0, time.UTC)
	days := map[uint32]bool{}
	for d := domain.Date(1); day.Year() <= 9999; d++ {
		want := uint32(day.Year()*10000 + int(day.Month())*100 + day.Day())
		if got := digitsOf(d); got != want || dateOf(want) != d {
			t.Fatalf("day %d is %d and back %d, not %d", d, got, dateOf(got), want)
		}
		days[want] = true
		day = day.AddDate(0, 0, 1)
	}
	for digits := range uint32(2040_00_00) {
		if digits < 1999_00_00 && digits > 12_99_99 {
			continue
		}
		c := coder{writing: true}
		number(&c, 1, &digits)
		var got domain.Date
		err := decode(c.out, &got, func(c *coder, d *domain.Date) { date(c, 1, d) })
		if (err == nil) != (days[digits] || digits == 0) {
			t.Fatalf("%d is read as %d (%v)", digits, got, err)
		}
	}
}
