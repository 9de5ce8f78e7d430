package projections

import "github.com/remit-register/remit/domain"

// FunctionView is a function as known, with its parts on a date.
type FunctionView struct {
	domain.Function
	// Parts are those on the date of the question, the last of them the rest; none when the function is undivided.
	Parts []domain.Part
	// Divided are the divisions one after the other, as known.
	Divided []Period[[]domain.Part]
}

// FunctionQuery asks for functions. Empty fields limit nothing.
type FunctionQuery struct {
	AsOf          domain.AsOf
	Class         domain.FunctionClass
	Category      domain.Category
	FootprintKind domain.FootprintKind
	LegalStatus   domain.LegalStatus
	// Group limits the answer to functions that are listed under this one.
	Group domain.FunctionCode
	// After is the last function of the page before, "" for the first page.
	After domain.FunctionCode
	// Limit is the most functions of a page, 0 for no limit.
	Limit int
}

// FunctionPage is a page of functions, by code.
type FunctionPage struct {
	AsOf      domain.AsOf
	Functions []FunctionView
	// Next is where the next page begins (see FunctionQuery.After), "" when this is the last.
	Next domain.FunctionCode
}

// Function returns a function as known, with the AsOf as resolved. It refuses with domain.UnknownFunction.
func (v *Views) Function(code domain.FunctionCode, a domain.AsOf) (FunctionView, domain.AsOf, error) {
	var view FunctionView
	err := v.read(a, func(pinned domain.AsOf) error {
		a = pinned
		f, ok := v.functions.Get(code, a.Known)
		if !ok {
			return v.unknownFunction(code, a.Known)
		}
		view = functionView(f, a)
		return nil
	})
	return view, a, err
}

// Functions lists functions. It fails only for a position that is not reached yet.
func (v *Views) Functions(q FunctionQuery) (FunctionPage, error) {
	var page FunctionPage
	err := v.read(q.AsOf, func(a domain.AsOf) error {
		page.AsOf = a
		for _, f := range v.functions.All(a.Known) {
			if f.Code <= q.After || !q.lets(f.Details) {
				continue
			}
			if q.Limit > 0 && len(page.Functions) == q.Limit {
				page.Next = page.Functions[q.Limit-1].Code
				break
			}
			page.Functions = append(page.Functions, functionView(f, a))
		}
		return nil
	})
	return page, err
}

func (q *FunctionQuery) lets(d domain.FunctionDetails) bool {
	switch {
	case q.Class != "" && d.Class != q.Class:
		return false
	case q.Category != "" && d.Category != q.Category:
		return false
	case q.FootprintKind != "" && d.FootprintKind != q.FootprintKind:
		return false
	case q.LegalStatus != "" && d.LegalStatus != q.LegalStatus:
		return false
	}
	return q.Group == "" || d.Group == q.Group
}

func functionView(f domain.Function, a domain.AsOf) FunctionView {
	view := FunctionView{Function: f, Divided: periodsOf(f.Divisions, a.Known)}
	if division, ok := f.Divisions.At(a); ok {
		view.Parts = division.Value
	}
	return view
}
