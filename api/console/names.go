package console

import (
	"context"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// names are what codes stand for, as of a point.
type names struct {
	position      string
	organisations map[string]*remitv1.Organisation
	functions     map[string]*remitv1.Function
	footprints    map[string]*remitv1.Footprint
	// In the order of the register, which is that of codes.
	allOrganisations []*remitv1.Organisation
	allFunctions     []*remitv1.Function
	allFootprints    []*remitv1.Footprint
	// openFootprints is how many places there are on the date.
	openFootprints int
}

// Body names a body: its name, or its code when the register does not know it.
func (n *names) Body(code string) string {
	if o, ok := n.organisations[code]; ok {
		return o.GetName()
	}
	return code
}

// Function names a function.
func (n *names) Function(code string) string {
	if f, ok := n.functions[code]; ok {
		return f.GetDetails().GetName()
	}
	return code
}

// Place names a footprint, or the body that is one for its own operations.
func (n *names) Place(code string) string {
	if f, ok := n.footprints[code]; ok {
		return f.GetName()
	}
	return n.Body(code)
}

// GetPosition returns up to which event the names are those of the register.
func (n *names) GetPosition() string { return n.position }

// names returns the names as of the point that the page shows.
func (v *visit) names() (*names, error) {
	return cached(v, "names", func() (*names, error) { return v.readNames(v.ctx()) })
}

// namesPage is how many names are read at a time.
const namesPage = 1000

func (v *visit) readNames(ctx context.Context) (*names, error) {
	n := &names{
		organisations: map[string]*remitv1.Organisation{}, functions: map[string]*remitv1.Function{},
		footprints: map[string]*remitv1.Footprint{},
	}
	at := v.at.message()
	for token := ""; ; {
		answer, err := v.ask.organisations.ListOrganisations(ctx, &remitv1.ListOrganisationsRequest{
			AsOf: at, PageSize: namesPage, PageToken: token, IncludeClosed: true,
		})
		if err != nil {
			return nil, err
		}
		n.position = answer.GetPosition()
		n.allOrganisations = append(n.allOrganisations, answer.GetOrganisations()...)
		if token = answer.GetNextPageToken(); token == "" {
			break
		}
	}
	for token := ""; ; {
		answer, err := v.ask.functions.ListFunctions(ctx, &remitv1.ListFunctionsRequest{AsOf: at, PageSize: 500, PageToken: token})
		if err != nil {
			return nil, err
		}
		n.allFunctions = append(n.allFunctions, answer.GetFunctions()...)
		if token = answer.GetNextPageToken(); token == "" {
			break
		}
	}
	for token := ""; ; {
		answer, err := v.ask.organisations.ListFootprints(ctx, &remitv1.ListFootprintsRequest{
			AsOf: at, PageSize: namesPage, PageToken: token, IncludeClosed: true,
		})
		if err != nil {
			return nil, err
		}
		n.allFootprints = append(n.allFootprints, answer.GetFootprints()...)
		if n.position != answer.GetPosition() {
			n.position = "" // something was recorded in between: they are not kept
		}
		if token = answer.GetNextPageToken(); token == "" {
			break
		}
	}
	for _, o := range n.allOrganisations {
		n.organisations[o.GetCode()] = o
	}
	for _, f := range n.allFunctions {
		n.functions[f.GetCode()] = f
	}
	for _, f := range n.allFootprints {
		n.footprints[f.GetCode()] = f
		if f.GetOpen() {
			n.openFootprints++
		}
	}
	return n, nil
}
