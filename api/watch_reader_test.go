package api_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
	"github.com/remit-register/remit/proto/remit/v1/remitv1connect"
)

// mapReader folds what a watch of the map says, as a client does.
type mapReader struct {
	holdings []*remitv1.Holding
	// pending are the messages since the last complete one.
	pending  []*remitv1.WatchMapResponse
	position string
	on       string
	steps    int
	filter   *remitv1.WatchMapRequest
}

// take takes a message in, and tells whether the map is whole after it.
func (r *mapReader) take(t *testing.T, m *remitv1.WatchMapResponse) bool {
	t.Helper()
	r.pending = append(r.pending, m)
	if !m.GetComplete() {
		return false
	}
	if len(m.GetPosition()) < len(r.position) || len(m.GetPosition()) == len(r.position) && m.GetPosition() < r.position {
		t.Fatalf("position %s after %s", m.GetPosition(), r.position)
	}
	if m.GetStep() != nil && m.GetPosition() == r.position && m.GetEffectiveOn() == r.on {
		t.Fatalf("position %s on %s twice", m.GetPosition(), r.on)
	}
	for _, p := range r.pending {
		r.holdings = append(r.holdings, p.GetSnapshot().GetHoldings()...)
		for _, c := range p.GetStep().GetChanges() {
			r.change(c)
		}
		if p.GetStep() != nil {
			r.steps++
		}
	}
	r.pending, r.position, r.on = nil, m.GetPosition(), m.GetEffectiveOn()
	return true
}

func (r *mapReader) change(c *remitv1.MapChange) {
	of := func(h *remitv1.Holding) bool {
		return h.GetFunction() == c.GetFunction() && h.GetPart() == c.GetPart() &&
			h.GetFootprint() == c.GetFootprint() && h.GetRole() == c.GetRole()
	}
	at := slices.IndexFunc(r.holdings, of)
	r.holdings = slices.DeleteFunc(r.holdings, of)
	after := slices.DeleteFunc(slices.Clone(c.GetAfter()), func(h *remitv1.Holding) bool {
		bodies := r.filter.GetOrganisations()
		return len(bodies) > 0 && !slices.Contains(bodies, h.GetHolder()) && !slices.Contains(bodies, h.GetActingThrough())
	})
	if at < 0 {
		at = slices.IndexFunc(r.holdings, func(h *remitv1.Holding) bool { return orderOf(h) > orderOf(c) })
	}
	if at < 0 {
		at = len(r.holdings)
	}
	r.holdings = slices.Insert(r.holdings, at, after...)
}

// orderOf brings holdings and changes into the order of the map.
func orderOf(h interface {
	GetFunction() string
	GetPart() string
	GetFootprint() string
	GetRole() remitv1.Role
},
) string {
	return strings.Join([]string{h.GetFunction(), h.GetPart(), h.GetFootprint(), string('0' + rune(h.GetRole()))}, "\x00")
}

// check compares the reader's map with what GetMap answers for its point.
func (r *mapReader) check(t *testing.T, s *server) {
	t.Helper()
	want := allHoldings(t, s, &remitv1.GetMapRequest{
		AsOf:      &remitv1.AsOf{EffectiveOn: r.on, KnownPosition: r.position},
		Functions: r.filter.GetFunctions(), Organisations: r.filter.GetOrganisations(),
		Footprints: r.filter.GetFootprints(), Roles: r.filter.GetRoles(),
	})
	if diff := cmp.Diff(want, r.holdings, protocmp.Transform()); diff != "" {
		t.Errorf("the watched map differs from the map as of %s, position %s (-map +watched):\n%s", r.on, r.position, diff)
	}
}

// mapAt returns the whole map as of a point.
func mapAt(t *testing.T, s *server, at *remitv1.AsOf) []*remitv1.Holding {
	t.Helper()
	return allHoldings(t, s, &remitv1.GetMapRequest{AsOf: at})
}

// allHoldings returns all pages of the map.
func allHoldings(t *testing.T, s *server, request *remitv1.GetMapRequest) []*remitv1.Holding {
	t.Helper()
	client := remitv1connect.NewMapServiceClient(http2(), s.URL)
	request.PageSize = 5000
	var all []*remitv1.Holding
	for {
		page, err := client.GetMap(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page.GetHoldings()...)
		if request.PageToken = page.GetNextPageToken(); request.PageToken == "" {
			return all
		}
	}
}
