package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"connectrpc.com/connect"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// sayNobody tells that nobody holds a function in a place, and why that is, where the register knows: it is no place for
// the function, it does not exist on the date, or the record begins later.
func (a *app) sayNobody(ctx context.Context, c *client, at *remitv1.ResolvedAsOf, asked *remitv1.WhoHoldsRequest) error {
	n := &nobody{
		client: c, function: asked.GetFunction(), part: asked.GetPart(), place: asked.GetFootprint(),
		at: &remitv1.AsOf{EffectiveOn: at.GetEffectiveOn(), KnownPosition: at.GetKnownPosition()},
	}
	for _, reason := range []func(context.Context) (string, error){n.beforeTheRecord, n.withoutPart, n.atFootprint, n.atBody} {
		why, err := reason(ctx)
		if err != nil {
			return err
		}
		if why != "" {
			a.say("Nobody is recorded as holding it there: %s", why)
			return nil
		}
	}
	a.say("Nobody is recorded as holding it there.")
	return nil
}

// nobody finds out why nobody holds a function in a place.
type nobody struct {
	client                *client
	at                    *remitv1.AsOf
	function, part, place string
}

// withoutPart looks whether the function has the part on the date.
func (n *nobody) withoutPart(ctx context.Context) (string, error) {
	if n.part == "" {
		return "", nil
	}
	answer, err := n.client.functions().GetFunction(ctx, &remitv1.GetFunctionRequest{AsOf: n.at, Code: n.function})
	if err != nil {
		return "", err
	}
	var parts []string
	for _, p := range answer.GetFunction().GetParts() {
		if p.GetCode() == n.part {
			return "", nil
		}
		parts = append(parts, p.GetCode())
	}
	if len(parts) == 0 {
		return fmt.Sprintf("%s is not divided on the date. Ask about it without a part.", n.function), nil
	}
	return fmt.Sprintf("%s has no such part on the date. Its parts are: %s.", n.function, strings.Join(parts, ", ")), nil
}

// atFootprint looks at the place as a footprint.
func (n *nobody) atFootprint(ctx context.Context) (string, error) {
	f, err := n.client.footprint(ctx, n.at, n.place)
	if f == nil || err != nil {
		return "", err
	}
	kind, err := n.kind(ctx)
	switch {
	case err != nil:
		return "", err
	case kind == remitv1.FootprintKind_FOOTPRINT_KIND_OWN_OPERATION:
		return fmt.Sprintf("%s is about what organisations do themselves, and %s is a %s. Name an organisation.",
			n.function, n.place, word(f.GetKind())), nil
	case kind != f.GetKind():
		return fmt.Sprintf("%s is held by %s, and %s is a %s.", n.function, word(kind), n.place, word(f.GetKind())), nil
	case f.GetOpen():
		return "", nil
	}
	var successors []string
	for _, s := range f.GetSuccessors() {
		successors = append(successors, s.GetSuccession().GetSuccessor())
	}
	return n.notThere(f.GetOpenedOn(), f.GetClosedOn(), successors), nil
}

// atBody looks at the place as a body.
func (n *nobody) atBody(ctx context.Context) (string, error) {
	answer, err := n.client.organisations().GetOrganisation(ctx, &remitv1.GetOrganisationRequest{AsOf: n.at, Code: n.place})
	if refused := (*connect.Error)(nil); errors.As(err, &refused) && refused.Code() == connect.CodeNotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	o := answer.GetOrganisation()
	if !o.GetOpen() {
		var successors []string
		for _, s := range o.GetSuccessors() {
			successors = append(successors, s.GetSuccession().GetSuccessor())
		}
		return n.notThere(o.GetOpenedOn(), o.GetClosedOn(), successors), nil
	}
	kind, err := n.kind(ctx)
	if err != nil || kind == remitv1.FootprintKind_FOOTPRINT_KIND_OWN_OPERATION {
		return "", err
	}
	covered, err := n.client.covered(ctx, n.place, n.at)
	if err != nil || len(covered) > 0 {
		return "", err
	}
	return fmt.Sprintf("%s is held by %s, and %s covers none.", n.function, word(kind), n.place), nil
}

// beforeTheRecord looks whether anything of the function is recorded up to the date.
func (n *nobody) beforeTheRecord(ctx context.Context) (string, error) {
	answer, err := n.client.maps().ListChangeDates(ctx, &remitv1.ListChangeDatesRequest{AsOf: n.at, Functions: []string{n.function}})
	dates := answer.GetDates()
	switch {
	case err != nil:
		return "", err
	case len(dates) == 0:
		return fmt.Sprintf("nobody is recorded as holding %s anywhere.", n.function), nil
	case n.at.GetEffectiveOn() < dates[0].GetEffectiveOn():
		return fmt.Sprintf("the record of %s begins on %s.", n.function, dates[0].GetEffectiveOn()), nil
	}
	return "", nil
}

// notThere says that the place does not exist on the date, and what followed it.
func (n *nobody) notThere(opened, closed string, successors []string) string {
	successors = slices.DeleteFunc(successors, func(s string) bool { return s == "" })
	slices.Sort(successors)
	successors = slices.Compact(successors)
	switch {
	case opened != "" && n.at.GetEffectiveOn() < opened:
		return fmt.Sprintf("%s began on %s.", n.place, opened)
	case closed != "" && len(successors) > 0:
		return fmt.Sprintf("%s ended on %s. Ask about what followed it: %s.", n.place, closed, strings.Join(successors, ", "))
	case closed != "":
		return fmt.Sprintf("%s ended on %s.", n.place, closed)
	}
	return ""
}

// kind is that of the footprints for which the function is held.
func (n *nobody) kind(ctx context.Context) (remitv1.FootprintKind, error) {
	answer, err := n.client.functions().GetFunction(ctx, &remitv1.GetFunctionRequest{AsOf: n.at, Code: n.function})
	return answer.GetFunction().GetDetails().GetFootprintKind(), err
}

// footprint returns a listed footprint, nil where there is none with the code.
func (c *client) footprint(ctx context.Context, at *remitv1.AsOf, code string) (*remitv1.Footprint, error) {
	_, all, err := pages[*remitv1.ListFootprintsResponse, *remitv1.Footprint]{
		ask: func(c *client, token string) (*remitv1.ListFootprintsResponse, error) {
			return c.organisations().ListFootprints(ctx, &remitv1.ListFootprintsRequest{
				AsOf: at, PageSize: listPage, PageToken: token, IncludeClosed: true,
			})
		},
		items: (*remitv1.ListFootprintsResponse).GetFootprints,
	}.collect(c, 0)
	i := slices.IndexFunc(all, func(f *remitv1.Footprint) bool { return f.GetCode() == code })
	if err != nil || i < 0 {
		return nil, err
	}
	return all[i], nil
}
