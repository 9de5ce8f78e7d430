package domain

import (
	"slices"
	"time"
)

// AddWorkingDays returns the date n working days after d: Monday to Friday, without the bank holidays of England.
// Source: Banking and Financial Dealings Act 1971, Schedule 1.
func (d Date) AddWorkingDays(n int) Date {
	for n > 0 {
		d++
		if d.IsWorkingDay() {
			n--
		}
	}
	return d
}

// IsWorkingDay tells whether d is a working day in England.
func (d Date) IsWorkingDay() bool {
	t := d.time()
	if t.Weekday() == time.Saturday || t.Weekday() == time.Sunday {
		return false
	}
	return !slices.Contains(bankHolidays(t.Year()), d)
}

func (d Date) time() time.Time { return firstDay().AddDate(0, 0, int(d)-1) }

// bankHolidays lists the bank holidays of a year, those proclaimed for once by 2026 among them.
func bankHolidays(year int) []Date {
	easter := easterSunday(year)
	holidays := []Date{
		weekdayFrom(NewDate(year, time.January, 1)), easter.AddDays(-2), easter.AddDays(1),
		mondayFrom(NewDate(year, time.May, 1)), mondayFrom(NewDate(year, time.May, 25)),
		mondayFrom(NewDate(year, time.August, 25)),
	}
	christmas := weekdayFrom(NewDate(year, time.December, 25))
	boxing := weekdayFrom(NewDate(year, time.December, 26))
	if boxing <= christmas {
		boxing = weekdayFrom(christmas + 1)
	}
	holidays = append(holidays, christmas, boxing)
	switch year {
	case 2022: // the Platinum Jubilee, with the spring holiday moved to its eve, and the state funeral
		holidays[4] = NewDate(2022, time.June, 2)
		holidays = append(holidays, NewDate(2022, time.June, 3), NewDate(2022, time.September, 19))
	case 2023: // the coronation
		holidays = append(holidays, NewDate(2023, time.May, 8))
	}
	return holidays
}

// weekdayFrom returns d, or the Monday after it when d is on a weekend.
func weekdayFrom(d Date) Date {
	for d.time().Weekday() == time.Saturday || d.time().Weekday() == time.Sunday {
		d++
	}
	return d
}

func mondayFrom(d Date) Date {
	for d.time().Weekday() != time.Monday {
		d++
	}
	return d
}

// easterSunday returns the date of Easter in the Gregorian calendar, by the anonymous algorithm printed in Nature, 1876.
func easterSunday(year int) Date {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	f := (b + 8) / 25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	month := (h + l - 7*m + 114) / 31
	day := (h+l-7*m+114)%31 + 1
	return NewDate(year, time.Month(month), day)
}
