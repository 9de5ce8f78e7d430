package domain

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// holder says who is recorded as the holder when a body is named for a role (invariant 2): the body itself, or its
// legal parent acting through it where the role needs a legal person. Both must be open on the date.
func (d *decision) holder(named OrganisationCode, role Role, on Date, field string) (Holding, bool) {
	body, ok := d.body(named, field)
	if !ok {
		return Holding{}, false
	}
	if !d.isOpen(body, on) {
		return Holding{}, false
	}
	if !role.NeedsLegalPerson() {
		return Holding{Holder: named}, true
	}
	legal, ok := d.s.Organisations.LegalPersonOf(named, Now(on))
	if !ok {
		d.refuse(NoLegalPerson, fmt.Sprintf("%s is not a legal person and acts for none on %s, so it cannot be %s.", named, on, role),
			"Name a legal person, or record whom the body acts for.", "organisation", string(named), "on", on.String())
		return Holding{}, false
	}
	if legal == named {
		return Holding{Holder: named}, true
	}
	parent, ok := d.body(legal, field)
	return Holding{Holder: legal, ActingThrough: named}, ok && d.isOpen(parent, on)
}

func (d *decision) isOpen(body Organisation, on Date) bool {
	if body.IsOpen(Now(on)) {
		return true
	}
	d.refuse(ReceiverNotOpen, fmt.Sprintf("%s is not open on %s.", body.Code, on),
		"Name a body that exists on the date.", "organisation", string(body.Code), "on", on.String())
	return false
}

// handover is a set of remits that go from one body to another.
type handover struct {
	fn         Function
	subject    Subject
	footprints []FootprintCode
	roles      []Role
	on         Date
	// from is the body as named that gives them up, "" for nobody in particular; to the one that gets them, "" when
	// nobody knows who has them.
	from, to OrganisationCode
	// with is what the new holding carries besides its holder.
	with Holding
	// relies says that the change rests on from having held them.
	relies bool
}

// handOver makes the changes of a handover, and refuses those that a later fact contradicts.
func (d *decision) handOver(h handover) []HoldingChange {
	var set changeSet
	for _, role := range h.roles {
		holdings, ok := d.holdings(h, role)
		if !ok {
			continue
		}
		rule := h.fn.Details.RuleOf(role)
		for _, footprint := range h.footprints {
			for _, change := range d.changesFor(h, Remit{h.subject, footprint, role}, rule, holdings) {
				set.add(change)
			}
		}
	}
	changes := set.changes()
	d.checkLaterFacts(changes)
	return changes
}

// holdings says what the receiver of a handover gets: nobody knows what, one holding, or, when it is the joint body of
// others, one for each of its members acting through it.
func (d *decision) holdings(h handover, role Role) ([]Holding, bool) {
	holding := h.with
	if h.to == "" {
		holding.Undetermined = true
		return []Holding{holding}, true
	}
	body, _ := d.s.Organisations.Body(h.to, Latest)
	if !role.NeedsLegalPerson() || body.LegalPerson || len(body.Members) == 0 {
		holder, ok := d.holder(h.to, role, h.on, "receiver")
		holding.Holder, holding.ActingThrough = holder.Holder, holder.ActingThrough
		return []Holding{holding}, ok
	}
	var holdings []Holding
	for _, member := range body.Members {
		holder, ok := d.holder(member, role, h.on, "receiver")
		if !ok || !d.isOpen(body, h.on) {
			return nil, false
		}
		holding.Holder, holding.ActingThrough = holder.Holder, h.to
		holdings = append(holdings, holding)
	}
	return holdings, true
}

// changesFor makes the changes of one remit: a sole one gets a new holder, in a joint one the receiver takes the
// sender's place, in a concurrent one the sender's part ends and the receiver's begins.
func (d *decision) changesFor(h handover, r Remit, rule RemitRule, to []Holding) []HoldingChange {
	held := d.s.Holdings.At(r, Now(h.on))
	given, isGiven := givenBy(held, h.from)
	change := HoldingChange{
		On: h.on, Subjects: []Subject{r.Subject}, Footprints: []FootprintCode{r.Footprint}, Roles: []Role{r.Role},
		Holdings: to, Relies: h.relies,
	}
	switch rule {
	case RuleConcurrent:
		var changes []HoldingChange
		for _, one := range to {
			change.Holdings = []Holding{one}
			changes = append(changes, concurrentChanges(change, held, given, isGiven)...)
		}
		return changes
	case RuleJoint:
		change.Holdings = withoutBody(held, given.Holder, to)
	case RuleSole:
	}
	if isGiven {
		change.TakenFrom = given.Holder
	} else if len(held) > 0 && !held[0].Undetermined {
		change.TakenFrom = held[0].Holder
	}
	return []HoldingChange{change}
}

// concurrentChanges ends the giver's own part and begins the receiver's. That nobody knew who else had a part ends too.
func concurrentChanges(begin HoldingChange, held []Held, given Held, isGiven bool) []HoldingChange {
	begin.Slot = begin.Holdings[0].Holder
	var changes []HoldingChange
	if !isGiven && begin.Slot != "" && slices.ContainsFunc(held, func(h Held) bool { return h.Undetermined }) {
		end := begin
		end.Slot, end.Holdings, end.Relies = "", nil, false
		changes = append(changes, end)
	}
	switch {
	case isGiven && given.Holder == begin.Slot:
		begin.TakenFrom = given.Holder
	case isGiven:
		end := begin
		end.Slot, end.Holdings, end.TakenFrom, end.Relies = given.Holder, nil, given.Holder, true
		changes = append(changes, end)
		begin.Relies = false
	}
	return append(changes, begin)
}

func givenBy(held []Held, from OrganisationCode) (Held, bool) {
	i := slices.IndexFunc(held, func(h Held) bool { return h.IsHeldBy(from) })
	if i < 0 {
		return Held{}, false
	}
	return held[i], true
}

func withoutBody(held []Held, gone OrganisationCode, added []Holding) []Holding {
	var holdings []Holding
	for _, h := range held {
		again := slices.ContainsFunc(added, func(a Holding) bool { return a.Holder == h.Holder })
		if h.Holder != gone && !again && !h.Undetermined {
			holdings = append(holdings, h.Holding)
		}
	}
	return append(holdings, added...)
}

// senderHolds refuses when the sender, as named, does not hold all the remits on the date.
func (d *decision) senderHolds(r Transfer, on Date) {
	var missing []string
	for remit := range r.Remits {
		held := d.s.Holdings.At(remit, Now(on))
		if _, ok := givenBy(held, r.Sender); ok {
			continue
		}
		missing = append(missing, fmt.Sprintf("%s in %s (%s)", remit.Role, remit.Footprint, holdersOf(held)))
	}
	if len(missing) > 0 {
		d.refuse(SenderNotHolder, fmt.Sprintf("%s does not hold on %s: %s.", r.Sender, on, firstFew(missing)),
			"Name the body that holds them, or leave out what the sender does not hold.",
			"sender", string(r.Sender), "on", on.String(), "function", r.Subject.String())
	}
}

func holdersOf(held []Held) string {
	var names []string
	for _, h := range held {
		switch {
		case h.Undetermined:
			names = append(names, "undetermined")
		case h.ActingThrough != "":
			names = append(names, string(h.Holder)+" acting through "+string(h.ActingThrough))
		default:
			names = append(names, string(h.Holder))
		}
	}
	if len(names) == 0 {
		return "held by nobody"
	}
	return "held by " + strings.Join(names, " and ")
}

// firstFew lists the first few of many, and how many more there are.
func firstFew[S ~string](list []S) string {
	const few = 5
	parts := make([]string, 0, few)
	for _, s := range list[:min(few, len(list))] {
		parts = append(parts, string(s))
	}
	if len(list) > few {
		parts = append(parts, fmt.Sprintf("and %d more", len(list)-few))
	}
	return strings.Join(parts, "; ")
}

// changeSet gathers changes of single remits into sets: first the footprints that change alike, then the roles, then
// the subjects.
type changeSet struct {
	list []HoldingChange
	at   map[string]int
}

func (s *changeSet) add(c HoldingChange) {
	if s.at == nil {
		s.at = map[string]int{}
	}
	key := c.like(true, false, true)
	i, ok := s.at[key]
	if !ok {
		s.at[key] = len(s.list)
		s.list = append(s.list, c)
		return
	}
	s.list[i].Footprints = append(s.list[i].Footprints, c.Footprints...)
}

func (s *changeSet) changes() []HoldingChange {
	if len(s.list) < 2 {
		return s.list
	}
	byRole := merged(s.list, func(c HoldingChange) string { return c.like(true, true, false) },
		func(into *HoldingChange, c HoldingChange) { into.Roles = appended(into.Roles, c.Roles...) })
	return merged(byRole, func(c HoldingChange) string { return c.like(false, true, true) },
		func(into *HoldingChange, c HoldingChange) { into.Subjects = appended(into.Subjects, c.Subjects...) })
}

// like returns a text that is the same for changes that are alike in everything, or in everything but their subjects,
// footprints or roles.
func (c *HoldingChange) like(subjects, footprints, roles bool) string {
	var key strings.Builder
	word := func(words ...string) {
		for _, w := range words {
			key.WriteString(strconv.Itoa(len(w)))
			key.WriteByte(':')
			key.WriteString(w)
		}
	}
	word(strconv.Itoa(int(c.On)), string(c.Slot), string(c.TakenFrom), strconv.FormatBool(c.Relies), strconv.FormatBool(c.Retracts))
	for _, h := range c.Holdings {
		word(string(h.Holder), string(h.ActingThrough), string(h.AccountableTo), h.HeldThrough, string(h.Instrument),
			string(h.Arrangement), string(h.Confidence), h.Source, strconv.FormatBool(h.Undetermined))
	}
	for _, s := range c.Subjects {
		if subjects {
			word("subject", string(s.Function), string(s.Part))
		}
	}
	for _, code := range c.Footprints {
		if footprints {
			word("footprint", string(code))
		}
	}
	for _, r := range c.Roles {
		if roles {
			word("role", string(r))
		}
	}
	return key.String()
}

func merged(list []HoldingChange, key func(HoldingChange) string, into func(*HoldingChange, HoldingChange)) []HoldingChange {
	var out []HoldingChange
	at := map[string]int{}
	for _, c := range list {
		k := key(c)
		if i, ok := at[k]; ok {
			into(&out[i], c)
			continue
		}
		at[k] = len(out)
		out = append(out, c)
	}
	return out
}
