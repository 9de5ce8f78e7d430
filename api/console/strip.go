package console

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/bits"
	"net/http"
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"
)

// changeScope is of what the dates of change are wanted; empty for the whole map.
type changeScope struct {
	Functions     []string `json:"functions,omitempty"`
	Organisations []string `json:"organisations,omitempty"`
}

// changeDates is the answer of MapService/ListChangeDates.
type changeDates struct {
	Previous string       `json:"previous"`
	Next     string       `json:"next"`
	Position string       `json:"position"`
	Dates    []changeDate `json:"dates"`
}

type changeDate struct {
	On      string `json:"effectiveOn"`
	Changes int    `json:"changes"`
}

// GetPosition returns up to which event the dates were found.
func (c *changeDates) GetPosition() string { return c.Position }

// strip notes the dates on which what the page shows changes, for the bar. A register that cannot tell them has a bar
// without them.
func (v *visit) strip(scope changeScope) {
	v.followMap(scope)
	key, err := json.Marshal(scope)
	if err != nil {
		return
	}
	dates, err := cached(v, "change dates "+string(key), func() (*changeDates, error) { return v.askChangeDates(scope) })
	if err != nil {
		return
	}
	v.at.Previous, v.at.Next, v.at.dates = dates.Previous, dates.Next, dates.Dates
}

// askChangeDates asks for the dates of change. The call may be unknown to the API: then there are none.
func (v *visit) askChangeDates(scope changeScope) (*changeDates, error) {
	point := map[string]string{"effectiveOn": v.at.On}
	if v.at.position != "" {
		point["knownPosition"] = v.at.position
	}
	if v.at.instant != nil {
		point["knownAt"] = v.at.instant.AsTime().Format("2006-01-02T15:04:05.999999999Z07:00")
	}
	body, err := json.Marshal(struct {
		changeScope

		AsOf map[string]string `json:"asOf"`
	}{scope, point})
	if err != nil {
		return nil, err //nolint:wrapcheck // cannot happen, and is not shown
	}
	const address = inProcessAddress + "/remit.v1.MapService/ListChangeDates"
	request, err := http.NewRequestWithContext(v.ctx(), http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, err //nolint:wrapcheck // cannot happen, and is not shown
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := inProcess{v.cfg.API, v.cfg.nameRequest}.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	dates := &changeDates{}
	if response.StatusCode != http.StatusOK {
		dates.Position = v.last
		return dates, nil
	}
	return dates, json.NewDecoder(response.Body).Decode(dates)
}

// questionKey names a question by its kind and content.
func questionKey(ask proto.Message) string {
	content, err := proto.MarshalOptions{Deterministic: true}.Marshal(ask)
	if err != nil {
		return err.Error() // cannot happen: questions are made here
	}
	return string(ask.ProtoReflect().Descriptor().Name()) + " " + string(content)
}

// stripView is the strip of dates of change, as a picture 1000 wide.
type stripView struct {
	// Label says what it shows to those who cannot see it.
	Label string
	Ticks []stripTick
	Years []stripYear
	// On is where the effective date is, and Today today's.
	On, Today int
}

// stripTick is a date of change: the more changes, the higher.
type stripTick struct{ X, Top int }

// stripYear is the first of January.
type stripYear struct {
	X    int
	Year string
}

const (
	stripWidth  = 1000
	stripBottom = 26
)

// Strip returns the strip, nil without dates.
func (a asAt) Strip() *stripView {
	if len(a.dates) == 0 {
		return nil
	}
	first, last := min(a.dates[0].On, a.On, a.Today), max(a.dates[len(a.dates)-1].On, a.On, a.Today)
	from, to := dayOf(first[:4]+"-01-01"), dayOf(last[:4]+"-12-31")
	place := func(on string) int {
		return int(stripWidth * dayOf(on).Sub(from).Hours() / max(to.Sub(from).Hours(), 1))
	}
	view := &stripView{On: place(a.On), Today: place(a.Today)}
	for _, date := range a.dates {
		height := min(20, 5+3*bits.Len(uint(max(date.Changes, 0)))/2)
		view.Ticks = append(view.Ticks, stripTick{place(date.On), stripBottom - height})
	}
	step := 1 + (to.Year()-from.Year())/8
	for year := from.Year(); year <= to.Year(); year += step {
		text := strconv.Itoa(year)
		view.Years = append(view.Years, stripYear{place(text + "-01-01"), text})
	}
	view.Label = fmt.Sprintf("Something changes on %s from %s to %s", plural(len(a.dates), "date", "dates"),
		plainDate(a.dates[0].On), plainDate(a.dates[len(a.dates)-1].On))
	return view
}

// dayOf reads a date that is one.
func dayOf(iso string) time.Time {
	day, err := time.Parse(isoDate, iso)
	if err != nil {
		return time.Time{}
	}
	return day
}
