package domain

// Which remits a transfer starts from, results in and changes.

// origin is the set of remits of the function that the transfer is about.
func (t Transfer) origin() HoldingChange {
	return HoldingChange{Subjects: []Subject{t.Subject}, Footprints: t.Footprints(), Roles: t.Roles}
}

// outcome is the remits in which a transfer results that changes the kind of footprint.
func (t Transfer) outcome() []HoldingChange {
	sets := make([]HoldingChange, 0, len(t.Results))
	for _, result := range t.Results {
		sets = append(sets, HoldingChange{
			Subjects: []Subject{{result.Function, result.Part}}, Footprints: result.Footprints, Roles: t.Roles,
		})
	}
	return sets
}

// takesResultsBack tells whether the transfer is the way back of one that changed the kind of footprint: what that
// resulted in ends, and what ceased begins again.
func (t Transfer) takesResultsBack() bool { return t.Reverses != "" && len(t.Results) > 0 }

// Remits calls yield with each remit from which the transfer starts.
func (t Transfer) Remits(yield func(Remit) bool) {
	if t.takesResultsBack() {
		eachRemit(t.outcome(), yield)
		return
	}
	t.origin().Remits(yield)
}

// Changed calls yield with each remit that changes hands when the transfer takes effect: those of the function unless
// they stay where they are, and those in which it results.
func (t Transfer) Changed(yield func(Remit) bool) {
	sets := t.outcome()
	if t.Residue != ResidueStays {
		sets = append(sets, t.origin())
	}
	eachRemit(sets, yield)
}

func eachRemit(sets []HoldingChange, yield func(Remit) bool) {
	for _, set := range sets {
		for remit := range set.Remits {
			if !yield(remit) {
				return
			}
		}
	}
}
