package domain

import "cmp"

// corrected folds a correction into bodies and footprints.
func (o *Organisations) corrected(no EventNo, f Corrected) {
	if len(f.Changes) > 0 {
		return // what recorded holdings recorded nothing of bodies
	}
	for _, body := range o.Bodies(Latest) {
		before := body
		body.Name = rectified(body.Name, no, f, f.Name)
		body.Open = rectified(body.Open, no, f, false)
		body.Parent = rectified(body.Parent, no, f, "")
		body.LegalParent = rectified(body.LegalParent, no, f, "")
		changed := len(body.Name)+len(body.Open)+len(body.Parent)+len(body.LegalParent) !=
			len(before.Name)+len(before.Open)+len(before.Parent)+len(before.LegalParent)
		if changed {
			body.Revision++
			o.bodies.set(body.Code, body)
		}
	}
	for _, fp := range o.Footprints(Latest) {
		covered := rectified(fp.CoveredBy, no, f, f.Covering)
		open := rectified(fp.Open, no, f, false)
		if len(covered) != len(fp.CoveredBy) || len(open) != len(fp.Open) {
			fp.CoveredBy, fp.Open = covered, open
			o.footprints.set(fp.Code, fp)
		}
	}
}

// rectified takes back what the wrong event put on a timeline and puts what is right: the value given unless it is the
// zero one, on the date given unless there is none.
func rectified[V comparable](t Timeline[V], no EventNo, f Corrected, value V) Timeline[V] {
	var none V
	for i, p := range t {
		if p.No != f.Event || p.Retracted || p.Restores || isReplaced(t, i) {
			continue
		}
		undo := Point[V]{From: p.From, No: no, Retracted: true}
		if below := belowOf(t, i); below != nil {
			undo.Value, undo.Retracted, undo.Restores = below.Value, false, f.TakesBack(p.From)
		}
		t = t.With(undo)
		if !f.Withdrawn {
			right := Point[V]{From: cmp.Or(f.EffectiveOn, p.From), No: no, Value: p.Value}
			if value != none {
				right.Value = value
			}
			t = t.With(right)
		}
		return t
	}
	return t
}

// TakesBack tells whether what a correction puts on a date is only what was recorded for it before: what is right is
// elsewhere, or nothing is.
func (f Corrected) TakesBack(on Date) bool {
	return f.Withdrawn || f.EffectiveOn != 0 && f.EffectiveOn != on
}
