package domain

import (
	"fmt"
	"slices"
)

// disposal settles what becomes of every remit that a reorganisation touches.
type disposal struct {
	d  *decision
	c  Reorganise
	on Date
	// heirs are the footprints that follow another.
	heirs map[FootprintCode][]FootprintCode
	// settled is what becomes of each line, in the order in which it was first settled. There is one change for each
	// line: a later word on it takes the place of an earlier one.
	settled map[lineOf]*settlement
	order   []lineOf
	missing []string
}

// lineOf names a line: a remit, or one body's part in a concurrent remit.
type lineOf struct {
	remit Remit
	slot  OrganisationCode
}

// settlement is what becomes of a line.
type settlement struct {
	how      Disposition
	holdings []Holding
	// from is the body that held it before.
	from OrganisationCode
}

func newDisposal(d *decision, c Reorganise) *disposal {
	x := &disposal{
		d: d, c: c, on: c.EffectiveOn, heirs: map[FootprintCode][]FootprintCode{}, settled: map[lineOf]*settlement{},
	}
	for _, s := range c.FootprintSuccessions {
		x.heirs[s.Predecessor] = append(x.heirs[s.Predecessor], s.Successor)
	}
	return x
}

// run goes through the remits: first those whose footprint goes on, then those whose footprint ends, because an
// ending footprint's holders are compared with what its heirs have by then.
func (x *disposal) run() {
	var going, ending []Remit
	for remit := range x.d.s.Holdings.lines.keys() {
		if _, ends := x.heirs[remit.Footprint]; ends || x.isOwnOperationOfEnded(remit) {
			ending = append(ending, remit)
		} else {
			going = append(going, remit)
		}
	}
	x.d.checkNoneLater(ending, x.on, func(Holding) bool { return true })
	x.d.checkNoneLater(going, x.on, x.isOfEnded)
	going = slices.DeleteFunc(going, func(r Remit) bool { return !x.touches(r) })
	slices.SortFunc(going, CompareRemits)
	slices.SortFunc(ending, CompareRemits)
	for _, remit := range going {
		x.settle(remit)
	}
	for _, remit := range ending {
		x.end(remit)
	}
	x.finish()
}

func (x *disposal) isOwnOperationOfEnded(r Remit) bool {
	return slices.Contains(x.c.Ends, OrganisationCode(r.Footprint))
}

func (x *disposal) touches(r Remit) bool {
	for _, line := range x.d.s.Holdings.Lines(r) {
		p, ok := line.Points.At(Now(x.on))
		if ok && slices.ContainsFunc(p.Value.Holdings, x.isOfEnded) {
			return true
		}
	}
	return false
}

func (x *disposal) isOfEnded(h Holding) bool { return x.ended(h) != "" }

// ended returns the body that ends behind a holding, "" when both go on.
func (x *disposal) ended(h Holding) OrganisationCode {
	switch {
	case slices.Contains(x.c.Ends, h.ActingThrough) && h.ActingThrough != "":
		return h.ActingThrough
	case slices.Contains(x.c.Ends, h.Holder) && h.Holder != "":
		return h.Holder
	}
	return ""
}

// settle deals with a remit whose footprint goes on.
func (x *disposal) settle(r Remit) {
	for _, line := range x.d.s.Holdings.Lines(r) {
		p, ok := line.Points.At(Now(x.on))
		if !ok || !slices.ContainsFunc(p.Value.Holdings, x.isOfEnded) {
			continue
		}
		x.settleLine(r, line.Slot, p.Value.Holdings)
	}
}

func (x *disposal) settleLine(r Remit, slot OrganisationCode, holdings []Holding) {
	disposition := DispositionMoves
	var next []Holding
	for _, h := range holdings {
		if !x.isOfEnded(h) {
			next = append(next, h)
			continue
		}
		to, how, ok := x.mapped(r, h, r.Footprint)
		if !ok {
			return
		}
		disposition = how
		// Co-holders with one heir become one holder: a part that goes on, or else the first.
		isHeir := func(other Holding) bool { return other.Holder == to.Holder }
		goesOn := func(other Holding) bool { return isHeir(other) && !x.isOfEnded(other) }
		if how != DispositionCeases && !slices.ContainsFunc(next, isHeir) && !slices.ContainsFunc(holdings, goesOn) {
			next = append(next, to)
		}
	}
	from := holdings[0].Holder
	if slot == "" || len(next) == 1 && next[0].Holder == slot {
		x.put(r, slot, settlement{disposition, next, from})
		return
	}
	x.put(r, slot, settlement{disposition, nil, from})
	for _, h := range next {
		x.begin(r, h, disposition)
	}
}

// put settles a line. What held it before the reorganisation stays what the change takes it from.
func (x *disposal) put(r Remit, slot OrganisationCode, s settlement) {
	key := lineOf{r, slot}
	if earlier, ok := x.settled[key]; ok {
		s.from = earlier.from
		*earlier = s
		return
	}
	x.settled[key] = &s
	x.order = append(x.order, key)
}

// begin lets a body's own part in a concurrent remit begin, unless it has one already.
func (x *disposal) begin(r Remit, h Holding, disposition Disposition) {
	slot := h.Holder
	if earlier, ok := x.settled[lineOf{r, slot}]; ok && len(earlier.holdings) > 0 {
		return
	}
	for _, held := range x.d.s.Holdings.At(r, Now(x.on)) {
		if held.Holder == slot && !x.isOfEnded(held.Holding) {
			return
		}
	}
	x.put(r, slot, settlement{disposition, []Holding{h}, ""})
}

// end deals with a remit whose footprint ends: its holders carry to the footprints that follow, and everything on the
// ending one ceases. The own operation of a body that ends has no heir.
func (x *disposal) end(r Remit) {
	heirs := x.heirs[r.Footprint]
	for _, line := range x.d.s.Holdings.Lines(r) {
		p, ok := line.Points.At(Now(x.on))
		if !ok || len(p.Value.Holdings) == 0 {
			continue
		}
		for _, heir := range heirs {
			for _, h := range p.Value.Holdings {
				x.carry(r, h, heir)
			}
		}
		how := DispositionMoves
		if len(heirs) == 0 {
			how = DispositionCeases
		}
		x.put(r, line.Slot, settlement{how, nil, p.Value.Holdings[0].Holder})
	}
}

// carry takes one holding from an ending footprint to an heir. Where the heir has another holder already, a line that
// names the heir must say who it is to be.
func (x *disposal) carry(r Remit, h Holding, heir FootprintCode) {
	target := Remit{r.Subject, heir, r.Role}
	to, how, ok := x.mapped(r, h, heir)
	if !ok || how == DispositionCeases {
		return
	}
	if x.isConcurrent(r) {
		x.begin(target, to, how)
		return
	}
	current, has := x.holdingsAfter(target)
	if has && sameHolder(current, to) {
		return
	}
	if has {
		if _, named := x.line(r, h.Named(), heir, true); !named {
			x.missing = append(x.missing, fmt.Sprintf("%s of %s in %s: %s has it in %s, %s in %s",
				r.Role, r.Subject, heir, current[0].Named(), heir, h.Named(), r.Footprint))
			return
		}
	}
	from := OrganisationCode("")
	if has {
		from = current[0].Holder
	}
	x.put(target, "", settlement{how, []Holding{to}, from})
}

func (x *disposal) isConcurrent(r Remit) bool {
	fn, _ := x.d.s.Functions.Get(r.Subject.Function, Latest)
	return fn.Details.RuleOf(r.Role) == RuleConcurrent
}

// holdingsAfter returns who holds a sole or joint remit once the reorganisation is done, as far as settled.
func (x *disposal) holdingsAfter(r Remit) ([]Holding, bool) {
	if after, ok := x.settled[lineOf{r, ""}]; ok {
		return after.holdings, len(after.holdings) > 0
	}
	var holdings []Holding
	for _, held := range x.d.s.Holdings.At(r, Now(x.on)) {
		holdings = append(holdings, held.Holding)
	}
	return holdings, len(holdings) > 0
}

func sameHolder(current []Holding, h Holding) bool {
	return slices.ContainsFunc(current, func(c Holding) bool {
		return c.Holder == h.Holder && c.ActingThrough == h.ActingThrough && c.Undetermined == h.Undetermined
	})
}

// mapped says what becomes of a holding in a footprint: as the first fitting line says, or, when its body ends with
// one heir, it goes to that. A holding whose body goes on stays as it is unless a line names the footprint.
func (x *disposal) mapped(r Remit, h Holding, footprint FootprintCode) (Holding, Disposition, bool) {
	gone := x.ended(h)
	line, ok := x.line(r, gone, footprint, false)
	if gone == "" {
		if line, ok = x.line(r, h.Named(), footprint, true); !ok {
			return h, DispositionMoves, true
		}
	}
	if !ok {
		heir, one := x.c.onlyHeir(gone)
		if !one {
			x.missing = append(x.missing, fmt.Sprintf("%s of %s in %s, held by %s", r.Role, r.Subject, footprint, gone))
			return h, DispositionMoves, false
		}
		line = DispositionLine{Disposition: DispositionMoves, To: heir}
	}
	switch line.Disposition {
	case DispositionUndetermined:
		return Holding{Undetermined: true, Confidence: h.Confidence, Source: x.c.Source}, DispositionUndetermined, true
	case DispositionCeases:
		return h, DispositionCeases, true
	case DispositionMoves:
	}
	holder, ok := x.d.holder(line.To, r.Role, x.on, "dispositions")
	if gone == h.Holder && h.ActingThrough != "" && holder.ActingThrough == "" {
		holder.ActingThrough = h.ActingThrough // the body that acts goes on, for another legal person
	}
	h.Holder, h.ActingThrough, h.Undetermined = holder.Holder, holder.ActingThrough, false
	return h, DispositionMoves, ok
}

// line finds the first disposition line that fits; with explicit set, one that names the footprint.
func (x *disposal) line(r Remit, from OrganisationCode, footprint FootprintCode, explicit bool) (DispositionLine, bool) {
	for _, line := range x.c.Dispositions {
		fits := (line.From == "" || line.From == from) &&
			(len(line.Functions) == 0 || slices.Contains(line.Functions, r.Subject.Function)) &&
			(len(line.Roles) == 0 || slices.Contains(line.Roles, r.Role)) &&
			(len(line.Footprints) == 0 && !explicit || slices.Contains(line.Footprints, footprint))
		if fits {
			return line, true
		}
	}
	return DispositionLine{}, false
}

// finish refuses when anything is left over, and else records what was settled, in events of a bounded size.
func (x *disposal) finish() {
	if len(x.missing) > 0 {
		x.d.refuse(DispositionIncomplete, fmt.Sprintf("Nothing says what becomes of %d remits: %s.", len(x.missing), firstFew(x.missing)),
			"Add disposition lines: moves (and to whom), ceases or undetermined.", "remits", fmt.Sprint(len(x.missing)))
		return
	}
	for _, how := range []Disposition{DispositionMoves, DispositionCeases, DispositionUndetermined} {
		changes := x.changes(how)
		x.d.checkLaterFacts(changes)
		for _, chunk := range chunked(changes) {
			x.d.emitNow(HoldingsDisposed{
				Reorganisation: x.d.meta.ID, Disposition: how, EffectiveOn: x.on, Changes: chunk,
			})
		}
	}
}

// changes gathers what was settled in one way into sets.
func (x *disposal) changes(how Disposition) []HoldingChange {
	var set changeSet
	for _, key := range x.order {
		if s := x.settled[key]; s.how == how {
			set.add(HoldingChange{
				On: x.on, Subjects: []Subject{key.remit.Subject}, Footprints: []FootprintCode{key.remit.Footprint},
				Roles: []Role{key.remit.Role}, Slot: key.slot, Holdings: s.holdings, TakenFrom: s.from, Relies: true,
			})
		}
	}
	return set.changes()
}

// maxChunk bounds the rough size in bytes of the changes in one event, which must stay under 64 KiB.
const maxChunk = 32 << 10

func chunked(changes []HoldingChange) [][]HoldingChange {
	var chunks [][]HoldingChange
	var chunk []HoldingChange
	size := 0
	for _, c := range changes {
		weight := 64 + 48*len(c.Subjects) + 8*len(c.Footprints) + 160*len(c.Holdings)
		for _, h := range c.Holdings {
			weight += len(h.Source) + len(h.HeldThrough)
		}
		if size+weight > maxChunk && len(chunk) > 0 {
			chunks, chunk, size = append(chunks, chunk), nil, 0
		}
		chunk, size = append(chunk, c), size+weight
	}
	if len(chunk) > 0 {
		chunks = append(chunks, chunk)
	}
	return chunks
}
