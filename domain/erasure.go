package domain

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Commitment is what the log holds of a personal text, in hex: see Text.
type Commitment string

// Pseudonym is who acted as the log tells it: see Actor.
type Pseudonym string

// PersonalDataErased says that personal texts, and who is behind pseudonyms, were erased from the vault. The events
// stay as they are, and hold commitments that nothing opens any more. The event's reason says why.
type PersonalDataErased struct {
	ID string
	// Texts are those that are gone. Other events that hold the same commitment, such as the reason on every event of a
	// transaction, lose it too.
	Texts      []ErasedText
	Pseudonyms []Pseudonym
	// Authority is the decision on which it rests, such as "DPO decision 2026/14"; never a person's name.
	Authority string
}

// ErasedText is a personal text that is gone.
type ErasedText struct {
	Event EventNo
	// Field is where the event had it: see TextRef.
	Field      string
	Commitment Commitment
}

// FactType is the fact's name.
func (PersonalDataErased) FactType() string { return "PersonalDataErased" }

// Entity is the erasure.
func (f PersonalDataErased) Entity() string { return "erasure/" + f.ID }

// Effective is zero: it holds from its recording.
func (PersonalDataErased) Effective() Date { return 0 }

// TextRef names personal texts of an event.
type TextRef struct {
	Event EventNo `json:"event,omitempty"`
	// Field is the field that holds the text, by its stored name: "reason", "rationale", "ratings[0].comment". A field
	// that holds several, such as "ratings[0]" or "terms", stands for all that are in it, and "" for all of the event.
	Field string `json:"field,omitempty"`
}

// names tells whether the reference stands for the field of its event.
func (r TextRef) names(t CommittedText) bool {
	rest, ok := strings.CutPrefix(t.Field, r.Field)
	return t.Event == r.Event && ok && (r.Field == "" || rest == "" || rest[0] == '.' || rest[0] == '[')
}

// CommittedText is a personal text of a recorded event.
type CommittedText struct {
	Event      EventNo    `json:"event,omitempty"`
	Field      string     `json:"field,omitempty"`
	Commitment Commitment `json:"commitment,omitempty"`
	// Organisation is the body in whose name the event was recorded.
	Organisation OrganisationCode `json:"organisation,omitempty"`
}

// ErasePersonalData has personal texts of events, and who is behind pseudonyms, erased for good. Authority and reason
// are required, and a second person (invariant 10).
type ErasePersonalData struct {
	Texts      []TextRef   `json:"texts,omitempty"`
	Pseudonyms []Pseudonym `json:"pseudonyms,omitempty"`
	Authority  string      `json:"authority,omitempty"`
	// Recorded are the personal texts of the events that Texts names. Whoever gives the command leaves it out: the store
	// reads it from the log. It is part of what waits, so that the second person agrees to the very same texts.
	Recorded []CommittedText `json:"-"`
	// People are those of Pseudonyms that the vault knows: the store reads them there. Some never recorded anything.
	People []KnownPerson `json:"-"`
}

// KnownPerson is a pseudonym behind which the vault knows somebody, who acts in the name of a body.
type KnownPerson struct {
	Pseudonym    Pseudonym        `json:"pseudonym,omitempty"`
	Organisation OrganisationCode `json:"organisation,omitempty"`
}

// WithPeople returns the command with those of its pseudonyms behind which the vault knows somebody.
func (c ErasePersonalData) WithPeople(bodyOf func(Pseudonym) (OrganisationCode, bool)) ErasePersonalData {
	c.People = nil
	for _, p := range distinct(c.Pseudonyms) {
		if body, ok := bodyOf(p); ok {
			c.People = append(c.People, KnownPerson{p, body})
		}
	}
	return c
}

// bodyOf returns the body in whose name a pseudonym acts, false when nobody does.
func (c ErasePersonalData) bodyOf(d *decision, p Pseudonym) (OrganisationCode, bool) {
	if body, ok := d.s.Erasures.BodyOf(p); ok {
		return body, true
	}
	for _, known := range c.People {
		if known.Pseudonym == p {
			return known.Organisation, true
		}
	}
	return "", false
}

// WithRecorded returns the command with those of the texts that it names.
func (c ErasePersonalData) WithRecorded(texts []CommittedText) ErasePersonalData {
	c.Recorded = slices.DeleteFunc(slices.Clone(texts), func(t CommittedText) bool {
		return !slices.ContainsFunc(c.Texts, func(r TextRef) bool { return r.names(t) })
	})
	return c
}

// Method is the command's name.
func (ErasePersonalData) Method() string { return "ErasePersonalData" }

// involved lets the registrar of a body, or of its region, erase what was recorded in that body's name. What concerns
// several bodies, or the register's own loader, is for a national one.
func (c ErasePersonalData) involved(d *decision) (involved, *Refusal) {
	var bodies []OrganisationCode
	for _, t := range c.Recorded {
		bodies = append(bodies, t.Organisation)
	}
	for _, p := range c.Pseudonyms {
		body, _ := c.bodyOf(d, p)
		bodies = append(bodies, body)
	}
	if bodies = distinct(bodies); len(bodies) == 1 && bodies[0] != "" {
		return about(AsRecorder, bodies...), nil
	}
	return nobody(), nil
}

// decide checks that there is something to erase.
func (c ErasePersonalData) decide(d *decision) {
	if len(c.Texts)+len(c.Pseudonyms) == 0 {
		d.invalid("texts", "Name at least one text or pseudonym.")
	}
	if strings.TrimSpace(c.Authority) == "" {
		d.invalid("authority", "An erasure needs the decision on which it rests.")
	}
	if d.meta.Reason.IsEmpty() {
		d.invalid("reason", "An erasure needs a reason.")
	}
	fact := PersonalDataErased{ID: d.meta.ID, Texts: c.texts(d), Pseudonyms: c.pseudonyms(d), Authority: c.Authority}
	if !d.ok() {
		return
	}
	if len(fact.Texts)+len(fact.Pseudonyms) == 0 {
		d.refuse(WrongState, "All of it is erased already.", "Nothing is left to do.")
		return
	}
	d.emit(fact)
}

// texts finds the texts named that are not erased yet, in the order of their events.
func (c ErasePersonalData) texts(d *decision) []ErasedText {
	var erased []ErasedText
	for _, r := range c.Texts {
		event := strconv.FormatUint(uint64(r.Event), 10)
		if r.Event == 0 || r.Event > d.s.last {
			d.refuse(UnknownEvent, fmt.Sprintf("There is no event %d.", r.Event), "List the events to see their numbers.", "event", event)
			continue
		}
		found := false
		for _, t := range c.Recorded {
			if !r.names(t) {
				continue
			}
			found = true
			if _, gone := d.s.Erasures.Text(t.Commitment, Latest); !gone {
				erased = append(erased, ErasedText{t.Event, t.Field, t.Commitment})
			}
		}
		if !found {
			where := ""
			if r.Field != "" {
				where = fmt.Sprintf(" in the field %q", r.Field)
			}
			d.refuse(InvalidArgument, fmt.Sprintf("Event %d has no personal text%s.", r.Event, where),
				"Show the event to see what it holds.", "event", event, "field", r.Field)
		}
	}
	slices.SortFunc(erased, func(a, b ErasedText) int {
		return cmp.Or(cmp.Compare(a.Event, b.Event), cmp.Compare(a.Field, b.Field))
	})
	return slices.Compact(erased)
}

// pseudonyms finds those named behind which there still is somebody.
func (c ErasePersonalData) pseudonyms(d *decision) []Pseudonym {
	var erased []Pseudonym
	for _, p := range distinct(c.Pseudonyms) {
		if _, gone := d.s.Erasures.Person(p, Latest); gone {
			continue
		}
		if _, ok := c.bodyOf(d, p); !ok {
			d.invalid("pseudonyms", fmt.Sprintf("Nobody acts as %q.", p))
			continue
		}
		erased = append(erased, p)
	}
	return erased
}

// Erasures are what was erased, and the bodies in whose name pseudonyms acted.
type Erasures struct {
	bodies  table[Pseudonym, OrganisationCode]
	texts   table[Commitment, EventNo]
	persons table[Pseudonym, EventNo]
}

// NewErasures returns the erasures of a register before its first event.
func NewErasures() *Erasures {
	x := &Erasures{}
	x.init(nil)
	return x
}

func (x *Erasures) init(undo *undoLog) {
	x.bodies.init(undo)
	x.texts.init(undo)
	x.persons.init(undo)
}

// Apply folds an event and tells whether it was about an erasure.
func (x *Erasures) Apply(e *Event) bool {
	if p := Pseudonym(e.Actor.Subject); p != "" && p != SystemSubject {
		if _, ok := x.bodies.m[p]; !ok {
			x.bodies.set(p, e.Actor.Organisation)
		}
	}
	f, ok := e.Fact.(PersonalDataErased)
	if !ok {
		return false
	}
	for _, t := range f.Texts {
		x.texts.set(t.Commitment, e.No)
	}
	for _, p := range f.Pseudonyms {
		x.persons.set(p, e.No)
	}
	return true
}

// Erased returns every text and every person that an event says is erased, in no order.
func (x *Erasures) Erased() (texts []Commitment, persons []Pseudonym) {
	return slices.Collect(x.texts.keys()), slices.Collect(x.persons.keys())
}

// BodyOf returns the body in whose name a pseudonym acted, false when it never did.
func (x *Erasures) BodyOf(p Pseudonym) (OrganisationCode, bool) {
	body, ok := x.bodies.m[p]
	return body, ok
}

// Text returns the event at or before known that says that a text is erased, false when none does.
func (x *Erasures) Text(c Commitment, known EventNo) (EventNo, bool) {
	no, ok := x.texts.m[c]
	return no, ok && no <= known
}

// Person returns the event at or before known that says that the person behind a pseudonym is erased, false when none
// does.
func (x *Erasures) Person(p Pseudonym, known EventNo) (EventNo, bool) {
	no, ok := x.persons.m[p]
	return no, ok && no <= known
}

// MayResolve tells whether a caller may learn who acts under a pseudonym in the name of a body: an auditor or a
// registrar of a national body may for everybody, a registrar of the body itself, or of one that followed it, for its
// own people. All others see the pseudonym only. What concerns no body, such as the register's own loader, is nobody's.
func (o *Organisations) MayResolve(caller Caller, of OrganisationCode, today Date) bool {
	body, ok := o.Body(caller.Organisation, Latest)
	if !ok || of == "" || !body.IsOpen(Now(today)) {
		return false
	}
	for _, way := range resolveWays() {
		if slices.Contains(caller.Roles, way.Role) && o.reaches(way, about(AsBody, of), body, Now(today)) {
			return true
		}
	}
	return false
}
