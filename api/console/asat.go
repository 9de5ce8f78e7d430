package console

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// asAt is the point on both clocks that a page shows. It is read from the page's address: "on" is the effective date,
// "known" the date, instant or event number as of which the record is shown; left out: today, and all that is known.
type asAt struct {
	// On is the effective date, as YYYY-MM-DD; Today is today's.
	On, Today string
	// Known is the parameter as given: "" for all that is known.
	Known string
	// Position is the event number of the answer, once there is one, and KnownAt the instant that belongs to it.
	Position string
	KnownAt  time.Time
	// Bar says that the page shows the bar.
	Bar bool
	// Previous and Next are the dates of the changes of what the page shows, around the effective date; "" for none.
	Previous, Next string

	dates    []*remitv1.ChangeDate
	instant  *timestamppb.Timestamp
	position string
	here     url.URL
	location *time.Location
}

const isoDate = "2006-01-02"

// readAsAt reads the point from the address. A date may come as one word, or as three from the date input.
func (v *visit) readAsAt() (asAt, error) {
	now := v.cfg.Clock().In(v.cfg.Location)
	a := asAt{Today: now.Format(isoDate), here: *v.r.URL, location: v.cfg.Location}
	a.On = a.Today
	q := v.r.URL.Query()
	on, err := readDate(q, "on")
	if err != nil {
		return a, err
	}
	if on != "" {
		a.On = on
	}
	known := strings.TrimSpace(q.Get("known"))
	if known == "" {
		if known, err = readDate(q, "known"); err != nil {
			return a, err
		}
	}
	return a, a.know(known)
}

// know reads as of what the record is to be shown: a date stands for its end, the last moment of the day in London.
func (a *asAt) know(known string) error {
	a.Known = known
	if known == "" {
		return nil
	}
	if _, err := strconv.ParseUint(known, 10, 64); err == nil {
		a.position = known
		return nil
	}
	if day, err := time.ParseInLocation(isoDate, known, a.location); err == nil {
		if known < a.Today { // today is not over: all that is known so far
			a.instant = timestamppb.New(day.AddDate(0, 0, 1).Add(-time.Microsecond))
		}
		return nil
	}
	if at, err := time.Parse(time.RFC3339Nano, known); err == nil {
		a.instant = timestamppb.New(at)
		return nil
	}
	return badInput("known", "The date on which it was known must be a real date, such as 2026-04-01, or an event number")
}

// readDate reads a date that stands in the address under a name, or under name-day, name-month and name-year; "" when
// there is none.
func readDate(q url.Values, name string) (string, error) {
	text := strings.TrimSpace(q.Get(name))
	day, month, year := strings.TrimSpace(q.Get(name+"-day")), strings.TrimSpace(q.Get(name+"-month")), strings.TrimSpace(q.Get(name+"-year"))
	if day+month+year != "" {
		text = fmt.Sprintf("%4s-%2s-%2s", year, month, day)
		text = strings.ReplaceAll(text, " ", "0")
	}
	if text == "" {
		return "", nil
	}
	for _, layout := range []string{isoDate, "2/1/2006", "2.1.2006", "2 1 2006", "2 January 2006", "2 Jan 2006"} {
		if day, err := time.Parse(layout, text); err == nil {
			return day.Format(isoDate), nil
		}
	}
	return "", badInput(name, "The date must be a real date, such as 1 4 2026")
}

func badInput(field, text string) error {
	return connect.NewError(connect.CodeInvalidArgument, errors.New(field+": "+text))
}

// message returns the point for a question to the API.
func (a asAt) message() *remitv1.AsOf {
	return &remitv1.AsOf{EffectiveOn: a.On, KnownAt: a.instant, KnownPosition: a.position}
}

// resolved notes the point that an answer shows, and has the page show the bar.
func (v *visit) resolved(at *remitv1.ResolvedAsOf, position string) {
	v.at.Bar = true
	v.at.Position = at.GetKnownPosition()
	if v.at.Position == "" {
		v.at.Position = position
	}
	if at.GetKnownAt() != nil {
		v.at.KnownAt = at.GetKnownAt().AsTime().In(v.cfg.Location)
	}
}

// Tense says where the effective date lies.
func (a asAt) Tense() string {
	switch {
	case a.On < a.Today:
		return "In the past"
	case a.On > a.Today:
		return "Planned"
	}
	return "Today"
}

// KnownWords says as of when the record is shown, after "as known"; "" for all that is known.
func (a asAt) KnownWords() string {
	switch {
	case a.Known == "":
		return ""
	case a.position != "":
		return "after event " + a.position
	case len(a.Known) == len(isoDate):
		return "at the end of " + plainDate(a.Known)
	}
	return "on " + plainTime(a.instant, a.location)
}

// KnownParts are for the date input of the day at whose end the record is shown.
func (a asAt) KnownParts() dateParts {
	if _, err := time.Parse(isoDate, a.Known); err != nil {
		return dateParts{}
	}
	return partsOf(a.Known)
}

// AllKnown returns the address of this page on its date, as far as all is known.
func (a asAt) AllKnown() string {
	a.Known = ""
	return a.With(a.On)
}

// IsToday tells whether the page shows today, as far as all is known.
func (a asAt) IsToday() bool { return a.On == a.Today && a.Known == "" }

// With returns the address of this page on another date.
func (a asAt) With(on string) string {
	q := a.rest()
	if on != a.Today {
		q.Set("on", on)
	}
	if a.Known != "" {
		q.Set("known", a.Known)
	}
	return addressOf(a.here.Path, q)
}

// Now returns the address of this page today, as far as all is known.
func (a asAt) Now() string { return addressOf(a.here.Path, a.rest()) }

// Rest returns what else is in the address, for the form that changes the dates.
func (a asAt) Rest() url.Values { return a.rest() }

func (a asAt) rest() url.Values {
	q := a.here.Query()
	for _, name := range []string{"on", "known"} {
		for _, part := range []string{"", "-day", "-month", "-year"} {
			q.Del(name + part)
		}
	}
	return q
}

// To returns the address of another page as at the same point. Pairs are names and values of its own parameters; those
// without a value are left out.
func (a asAt) To(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Add(pairs[i], pairs[i+1])
		}
	}
	if a.On != a.Today && a.On != "" {
		q.Set("on", a.On)
	}
	if a.Known != "" {
		q.Set("known", a.Known)
	}
	return addressOf(path, q)
}

func addressOf(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// Day, Month and Year are for the date input.
func (a asAt) Day() string { return strings.TrimLeft(a.On[8:], "0") }

// Month returns the month of the effective date.
func (a asAt) Month() string { return strings.TrimLeft(a.On[5:7], "0") }

// Year returns the year of the effective date.
func (a asAt) Year() string { return a.On[:4] }
