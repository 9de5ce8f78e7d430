package projections

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"

	"github.com/remit-register/remit/domain"
)

// dayDrafts are the findings of a date: by what has happened, and as they will be by the plans that are due by then.
type dayDrafts struct {
	on                domain.Date
	due               []*foreseen
	happened, planned drafts
}

// mostInquiries is how many inquiries of one question run side by side, at most: enough to be quick, few enough to leave
// room for others who ask.
const mostInquiries = 4

// inquireAll computes the findings of each date, some side by side. An inquiry that panics is an error of the question,
// and not the end of the register. It ends when over returns
// an error.
func (v *Views) inquireAll(q CoherenceQuery, c Coherence, plans []*foreseen, over func() error) ([]dayDrafts, error) {
	days := make([]dayDrafts, len(c.Dates))
	var inquiries []func()
	for i, on := range c.Dates {
		day, at := &days[i], domain.AsOf{On: on, Known: c.AsOf.Known}
		day.on, day.due = on, dueBy(plans, on)
		inquiries = append(inquiries, func() { day.happened = v.inquire(q, at, nil) })
		if len(day.due) > 0 {
			inquiries = append(inquiries, func() { day.planned = v.inquire(v.concerned(q, day.due), at, day.due) })
		}
	}
	next := make(chan func(), len(inquiries))
	for _, inquiry := range inquiries {
		next <- inquiry
	}
	close(next)
	problems := make(chan error, len(inquiries))
	var running sync.WaitGroup
	for range min(mostInquiries, runtime.GOMAXPROCS(0), len(inquiries)) {
		running.Go(func() {
			for inquiry := range next {
				if over() != nil {
					break
				}
				if err := withoutPanic(inquiry); err != nil {
					problems <- err
				}
			}
		})
	}
	running.Wait()
	select {
	case err := <-problems:
		return nil, err
	default:
	}
	if err := over(); err != nil {
		return nil, fmt.Errorf("look for findings: %w", err)
	}
	return days, nil
}

// withoutPanic runs something and returns as an error that it panicked.
func withoutPanic(run func()) (err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("an inquiry panicked: %v\n%s", problem, debug.Stack())
		}
	}()
	run()
	return nil
}
