package domain

import (
	"cmp"
	"slices"
)

// Function is what the register knows of a function. Its details are as last recorded; its parts are dated.
type Function struct {
	Code    FunctionCode
	Details FunctionDetails
	// Divisions are the parts, dated: none before the first point.
	Divisions Timeline[[]Part]
	Revision  uint64
}

// RuleOf returns how many may hold the role at a time: as recorded, or else the default. By default accountable,
// exercising and funding are sole, delivering and overview concurrent.
func (d FunctionDetails) RuleOf(r Role) RemitRule {
	if rule, ok := d.Rules[r]; ok {
		return rule
	}
	if r.NeedsLegalPerson() {
		return RuleSole
	}
	return RuleConcurrent
}

// Subjects returns what remits of the function are about on a date: the whole, or its parts once it is divided.
func (f Function) Subjects(a AsOf) []Subject {
	division, ok := f.Divisions.At(a)
	if !ok || len(division.Value) == 0 {
		return []Subject{{Function: f.Code}}
	}
	subjects := make([]Subject, 0, len(division.Value))
	for _, part := range division.Value {
		subjects = append(subjects, Subject{f.Code, part.Code})
	}
	return subjects
}

// Functions is the register of functions.
type Functions struct {
	byCode table[FunctionCode, Versions[Function]]
}

// NewFunctions returns an empty register of functions.
func NewFunctions() *Functions {
	f := &Functions{}
	f.init(nil)
	return f
}

func (f *Functions) init(undo *undoLog) { f.byCode.init(undo) }

// Apply folds an event and tells whether it was about the function itself.
func (f *Functions) Apply(e *Event) bool {
	switch fact := e.Fact.(type) {
	case FunctionDefined:
		f.change(e.No, fact.Code, func(fn *Function) { fn.Details = fact.Details })
	case FunctionRevised:
		f.change(e.No, fact.Code, func(fn *Function) { fn.Details = fact.Details })
	case FunctionDivided:
		parts := appended(fact.Parts, fact.Rest)
		f.change(e.No, fact.Code, func(fn *Function) {
			fn.Divisions = fn.Divisions.With(at(fact.EffectiveOn, e.No, parts))
		})
	default:
		return false
	}
	return true
}

func (f *Functions) change(no EventNo, code FunctionCode, do func(*Function)) {
	fn, _ := f.byCode.m[code].Latest()
	fn.Code = code
	fn.Revision++
	do(&fn)
	f.byCode.set(code, f.byCode.m[code].With(no, fn))
}

// Get returns a function as known.
func (f *Functions) Get(code FunctionCode, known EventNo) (Function, bool) {
	return f.byCode.m[code].At(known)
}

// All returns all functions as known, by code.
func (f *Functions) All(known EventNo) []Function {
	return sortedVersions(f.byCode, known, func(a, b Function) int { return cmp.Compare(a.Code, b.Code) })
}

func sortedVersions[K comparable, V any](t table[K, Versions[V]], known EventNo, compare func(a, b V) int) []V {
	list := make([]V, 0, len(t.m))
	for key := range t.keys() {
		if v, ok := t.m[key].At(known); ok {
			list = append(list, v)
		}
	}
	slices.SortFunc(list, compare)
	return list
}
