package projections

import (
	"reflect"
	"slices"
	"strings"

	"github.com/remit-register/remit/domain"
)

// FeedQuery asks for what was recorded after a position, by whole transactions. Empty filters limit nothing.
type FeedQuery struct {
	// After and Until are positions of completed transactions; Until is reached.
	After, Until domain.EventNo
	// Entities are things that the events are about, such as "transfer/01J…".
	Entities []string
	// Types are types of facts, such as "TransferProposed".
	Types []string
	// Organisations are bodies in whose name an event was recorded, that it is about, that its fact names, or that are
	// parties to the transfer or delegation that it is about.
	Organisations []domain.OrganisationCode
	// Limit is how many events make an answer full. Transactions are never divided, so that it can have more.
	Limit int
}

// FeedPage is a stretch of what was recorded.
type FeedPage struct {
	Events []domain.Event
	// Position is the one up to which the answer speaks: that of the end of a transaction.
	Position domain.EventNo
}

// Feed returns what was recorded after a position. It fails when the log cannot be read.
func (v *Views) Feed(q FeedQuery) (FeedPage, error) {
	numbers, end := v.feedNumbers(q)
	page := FeedPage{Position: end}
	if len(numbers) == 0 {
		return page, nil
	}
	events, err := v.readEvents(numbers)
	if err != nil || len(q.Organisations) == 0 {
		page.Events = events
		return page, err
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	for i := range events {
		if v.concerns(&events[i], q.Organisations) {
			page.Events = append(page.Events, events[i])
		}
	}
	return page, nil
}

// feedNumbers returns the events that the filters by entity and type let through, of whole transactions, and the end of
// the last transaction that was looked at.
func (v *Views) feedNumbers(q FeedQuery) (numbers []domain.EventNo, end domain.EventNo) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	end = q.After
	for no, seen := q.After+1, 0; no <= q.Until; no++ {
		if (len(q.Entities) == 0 || slices.Contains(q.Entities, v.events.entityName(no))) &&
			(len(q.Types) == 0 || slices.Contains(q.Types, v.events.kindName(no))) {
			numbers = append(numbers, no)
		}
		seen++
		if !v.events.isEnd(no) {
			continue
		}
		end = no
		if seen >= stretch || q.Limit > 0 && len(numbers) >= q.Limit {
			break
		}
	}
	return numbers, end
}

// concerns tells whether an event concerns one of the bodies; the caller holds the lock.
func (v *Views) concerns(e *domain.Event, bodies []domain.OrganisationCode) bool {
	is := func(code domain.OrganisationCode) bool { return slices.Contains(bodies, code) }
	kind, id, _ := strings.Cut(e.Fact.Entity(), "/")
	switch {
	case is(e.Actor.Organisation), kind == "organisation" && is(domain.OrganisationCode(id)):
		return true
	case kind == "transfer":
		if t, ok := v.transfers.Get(domain.TransferID(id), e.No); ok && slices.ContainsFunc(partiesTo(t), is) {
			return true
		}
	case kind == "delegation":
		if d, ok := v.delegations.Get(domain.ArrangementID(id), e.No); ok && (is(d.Delegator) || is(d.Delegate)) {
			return true
		}
	}
	return names(reflect.ValueOf(e.Fact), is)
}

// partiesTo returns the bodies that give a transfer's function away, get it, or decide a gateway.
func partiesTo(t domain.Transfer) []domain.OrganisationCode {
	parties := []domain.OrganisationCode{t.Sender}
	for _, m := range t.Moves {
		parties = append(parties, m.Receiver)
	}
	for _, g := range t.Gateways {
		parties = append(parties, g.Decider)
	}
	return parties
}

// names tells whether there is a code of such a body anywhere in a fact.
func names(value reflect.Value, is func(domain.OrganisationCode) bool) bool {
	switch value.Kind() { //nolint:exhaustive // the others hold no codes
	case reflect.String:
		return value.Type() == reflect.TypeFor[domain.OrganisationCode]() && is(domain.OrganisationCode(value.String()))
	case reflect.Struct:
		for _, field := range value.Fields() {
			if names(field, is) {
				return true
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range value.Len() {
			if names(value.Index(i), is) {
				return true
			}
		}
	case reflect.Map:
		for iter := value.MapRange(); iter.Next(); {
			if names(iter.Key(), is) || names(iter.Value(), is) {
				return true
			}
		}
	case reflect.Pointer, reflect.Interface:
		return !value.IsNil() && names(value.Elem(), is)
	}
	return false
}
