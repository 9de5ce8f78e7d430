package projections

import (
	"slices"
	"time"

	"github.com/remit-register/remit/domain"
)

// AwaitingView is a command that waits for a second person, and when it was given.
type AwaitingView struct {
	domain.Awaiting
	// RecordedAt is when the first person gave the command.
	RecordedAt time.Time
}

// AwaitingQuery asks what waits for a second person. Empty fields limit nothing.
type AwaitingQuery struct {
	// Known is the position as known at which it is asked: what was settled later still waits there.
	Known domain.EventNo
	// Organisation limits the answer to commands given in the name of this body.
	Organisation domain.OrganisationCode
	// Methods limits the answer to commands by name, such as "Correct".
	Methods []string
	// After is the event of the last command of the page before, 0 for the first page.
	After domain.EventNo
	// Limit is the most commands of a page, 0 for no limit.
	Limit int
}

// AwaitingPage is a page of commands in the order in which they were given.
type AwaitingPage struct {
	Awaiting []AwaitingView
	// Next is where the next page begins (see AwaitingQuery.After), 0 when this is the last.
	Next domain.EventNo
	// Position pins the list.
	Position domain.EventNo
}

// Awaiting lists the commands that wait for a second person. Nothing of them has taken effect. It fails only for a
// position that is not reached yet.
func (v *Views) Awaiting(q AwaitingQuery) (AwaitingPage, error) {
	var page AwaitingPage
	err := v.read(domain.AsOf{Known: q.Known}, func(a domain.AsOf) error {
		page.Position = a.Known
		waiting, next := pageOf(v.seconds.Waiting(a.Known), func(x domain.Awaiting) domain.EventNo { return x.Event },
			paging[domain.EventNo]{q.After, q.Limit}, q.lets)
		page.Next = next
		for _, x := range waiting {
			page.Awaiting = append(page.Awaiting, AwaitingView{Awaiting: x, RecordedAt: v.events.recordedAt(x.Event)})
		}
		return nil
	})
	return page, err
}

func (q *AwaitingQuery) lets(a domain.Awaiting) bool {
	return (q.Organisation == "" || a.Actor.Organisation == q.Organisation) &&
		(len(q.Methods) == 0 || slices.Contains(q.Methods, a.Command.Method()))
}
