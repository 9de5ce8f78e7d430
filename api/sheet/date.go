package sheet

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// layouts are the ways in which dates may be written. Days come before months.
func layouts() []string {
	return []string{
		"2006-01-02", "2/1/2006", "2.1.2006", "2-1-2006", "2 January 2006", "2 Jan 2006", "2-Jan-2006", "2-Jan-06", "2006-01-02T15:04:05Z",
	}
}

// date reads a date, and says what is wrong with it. An empty text is no date, and nothing is wrong with it.
func (t table) date(text string) (iso, problem string) {
	if text == "" {
		return "", ""
	}
	day, ok := t.day(text)
	switch {
	case !ok:
		return "", short(text) + " is not a real date."
	case day.Year() < 1900 || day.Year() > 2200:
		return "", short(text) + " is not a date of our time."
	}
	return day.Format(time.DateOnly), ""
}

func (t table) day(text string) (time.Time, bool) {
	if serial, err := strconv.ParseFloat(text, 64); err == nil && t.serials {
		if serial < 1 || serial > 150_000 || serial != math.Trunc(serial) {
			return time.Time{}, false
		}
		day, err := excelize.ExcelDateToTime(serial, t.since1904)
		return day, err == nil
	}
	text = strings.Join(strings.Fields(text), " ")
	for _, layout := range layouts() {
		if day, err := time.Parse(layout, text); err == nil {
			return day, true
		}
	}
	return time.Time{}, false
}
