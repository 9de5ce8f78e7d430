package console

import (
	"fmt"
	"log/slog"
	"math/bits"
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// changeScope is of what the dates of change are wanted; empty for the whole map.
type changeScope struct {
	Functions, Organisations []string
}

// strip notes the dates on which what the page shows changes, for the bar. The bar is an aid: where the dates cannot be
// had, the page does without.
func (v *visit) strip(scope changeScope) {
	v.followMap(scope)
	ask := &remitv1.ListChangeDatesRequest{Functions: scope.Functions, Organisations: scope.Organisations}
	dates, err := cached(v, questionKey(ask), func() (*remitv1.ListChangeDatesResponse, error) {
		ask.AsOf = v.at.message()
		return v.ask.maps.ListChangeDates(v.ctx(), ask)
	})
	if err != nil {
		v.cfg.Logger.WarnContext(v.ctx(), "a page has no dates of change", slog.String("path", v.r.URL.Path), slog.Any("error", err))
		return
	}
	v.at.Previous, v.at.Next, v.at.dates = dates.GetPrevious(), dates.GetNext(), dates.GetDates()
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
	first, last := min(a.dates[0].GetEffectiveOn(), a.On, a.Today), max(a.dates[len(a.dates)-1].GetEffectiveOn(), a.On, a.Today)
	from, to := dayOf(first[:4]+"-01-01"), dayOf(last[:4]+"-12-31")
	place := func(on string) int {
		return int(stripWidth * dayOf(on).Sub(from).Hours() / max(to.Sub(from).Hours(), 1))
	}
	view := &stripView{On: place(a.On), Today: place(a.Today)}
	for _, date := range a.dates {
		height := min(20, 5+3*bits.Len(uint(max(date.GetChanges(), 0)))/2)
		view.Ticks = append(view.Ticks, stripTick{place(date.GetEffectiveOn()), stripBottom - height})
	}
	step := 1 + (to.Year()-from.Year())/8
	for year := from.Year(); year <= to.Year(); year += step {
		text := strconv.Itoa(year)
		view.Years = append(view.Years, stripYear{place(text + "-01-01"), text})
	}
	view.Label = fmt.Sprintf("Something changes on %s from %s to %s", plural(len(a.dates), "date", "dates"),
		plainDate(a.dates[0].GetEffectiveOn()), plainDate(a.dates[len(a.dates)-1].GetEffectiveOn()))
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
