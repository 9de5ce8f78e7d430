package projections

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/remit-register/remit/domain"
)

// FindingKind is a way in which the map is incoherent on a date.
type FindingKind string

// The kinds of finding, with the rule by which each is found. A body "exercises" where it is named as exercising;
// where nobody exercises, the body that is named as accountable stands for it.
const (
	// FindingGap: a function that anybody holds on the date is required in every open footprint of its kind. It has a
	// gap where nobody holds anything of it, and where nobody exercises it or nobody does the work although that role
	// is held in most of the footprints in which anything of the function is. A body that is announced to end, with
	// nobody known to follow it, will leave a gap from the date planned.
	FindingGap FindingKind = "gap"
	// FindingOverlap: several bodies hold a remit that only one may hold.
	FindingOverlap FindingKind = "overlap"
	// FindingUnaccountable: somebody holds a function in a footprint, and nobody is accountable for it there; or nobody
	// holds the function anywhere, which is one finding at no body.
	FindingUnaccountable FindingKind = "unaccountable"
	// FindingOrphan: a holder, or the body acting for it, is not open on the date.
	FindingOrphan FindingKind = "orphan"
	// FindingNoReceiver: a function that is to be reviewed for transfer has no receiver, or none that is a body in
	// law, and no transfer of it has been completed in the footprint.
	FindingNoReceiver FindingKind = "no_receiver"
	// FindingContested: the models of those that are to have a function disagree; or a body's claim, or its last
	// attestation, disagrees with the record; or two bodies claim what only one may hold.
	FindingContested FindingKind = "contested"
	// FindingUnclaimed: the receiver that is named for a function does not list it in its own model, or only in part, and
	// no transfer of it has been completed in the footprint.
	FindingUnclaimed FindingKind = "unclaimed"
	// FindingLegalBasisUnknown: nobody has checked whether statute confers the function, or it is said to, and no Act and
	// section is recorded. One finding a function.
	FindingLegalBasisUnknown FindingKind = "legal_basis_unknown"
	// FindingNoPower: something is held under a delegation, direction or joint exercise whose instrument is missing,
	// may not carry it, excludes the function, or is not in force there on the date; or which passes on what an
	// arrangement above does not permit to be passed on. An instrument that may carry a statutory change is law of its
	// own and needs no such permission.
	FindingNoPower FindingKind = "no_power"
	// FindingSafeguardUnmet: an occurrence that the law did not bring about moved what is still held by virtue of it,
	// as it was put right since, and the record does not show a safeguard: see SafeguardAssessment and the others. What
	// was done in a transfer of the same function between the same bodies counts. One finding for each safeguard.
	FindingSafeguardUnmet FindingKind = "safeguard_unmet"
	// FindingSameLegalPerson: a gateway was decided by a body that is the same person in law as one of the parties.
	FindingSameLegalPerson FindingKind = "same_legal_person"
	// FindingLapsedDelegation: the review of a delegation is overdue, or its end has passed and it was not ended.
	FindingLapsedDelegation FindingKind = "lapsed_delegation"
	// FindingStaleAssessment: a live transfer was amended after a party assessed it, the party is no longer open, or
	// evidence has expired.
	FindingStaleAssessment FindingKind = "stale_assessment"
	// FindingUndetermined: somebody holds a remit, or is party to an arrangement, and the record does not know who.
	FindingUndetermined FindingKind = "undetermined"
	// FindingAssumedDate: the date of a holding is assumed.
	FindingAssumedDate FindingKind = "assumed_date"
	// FindingCostShift: the costs recorded with a transfer rise at the receiver by at least what they fall at the
	// sender in some financial year, running and programme costs together: nothing is saved overall.
	FindingCostShift FindingKind = "cost_shift"
	// FindingDrift: a planned date has passed, of a transfer, a milestone or a reorganisation, and it has not happened by
	// the date of the question.
	FindingDrift FindingKind = "drift"
	// FindingOutlier: for a body that covers footprints a role is held otherwise, by itself or by bodies of other tiers,
	// than for nearly all its peers: nine in ten or more of at least ten open bodies of its tier. What nobody holds, or
	// nobody knows who, is a finding of its own.
	FindingOutlier FindingKind = "outlier"
)

// FindingKinds lists the kinds in the order in which findings are shown.
func FindingKinds() []FindingKind {
	return []FindingKind{
		FindingGap, FindingUnaccountable, FindingOverlap, FindingOrphan, FindingNoPower, FindingLapsedDelegation,
		FindingSafeguardUnmet, FindingStaleAssessment, FindingSameLegalPerson, FindingCostShift, FindingDrift,
		FindingContested, FindingNoReceiver, FindingUnclaimed, FindingUndetermined, FindingOutlier, FindingAssumedDate,
		FindingLegalBasisUnknown,
	}
}

// The safeguards of a change that bodies decide: Finding.Aspect of a FindingSafeguardUnmet. A change of the work alone
// needs decision and consent, as notice does; others need all four.
const (
	// SafeguardAssessment: both parties assessed their readiness.
	SafeguardAssessment = "assessment"
	// SafeguardOpinion: somebody independent gave an opinion at a gateway.
	SafeguardOpinion = "independent_opinion"
	// SafeguardDecision: the sender's gateway was passed.
	SafeguardDecision = "decision"
	// SafeguardConsent: the receiver's gateway was passed.
	SafeguardConsent = "consent"
)

// Severity is how grave a finding is.
type Severity string

// The severities: somebody may lack a service or a power; somebody must act; somebody should know.
const (
	SeverityHigh   Severity = "high"
	SeverityMedium Severity = "medium"
	SeverityLow    Severity = "low"
)

// Finding is something incoherent in the map: one for each kind, function and body (and aspect, where it has any).
type Finding struct {
	Kind     FindingKind
	Severity Severity
	// Function is "" where the finding is about no single function.
	Function domain.FunctionCode
	// Organisation is the body that it is found at, "" where there is none: the one that covers the footprints, or for
	// kinds about what a body holds or decided, that body.
	Organisation domain.OrganisationCode
	// Aspect is the safeguard that was not met, of a FindingSafeguardUnmet; "" otherwise.
	Aspect string
	// Footprints are where, sorted; none where the finding is not about places.
	Footprints []domain.FootprintCode
	// Since is the earliest date from which it is so. It is never later than the last date of the question.
	Since domain.Date
	// CauseEvents are the events from which it follows, in the order of the log.
	CauseEvents []domain.EventNo
	// Message says what is found, and Remedy what would put it right, each in plain English.
	Message string
	Remedy  string
	// OpenedBy are the planned transfers that will open it, in the order of their dates: it is not so by what has
	// happened. Since is then the first date on which they have it so. None for what does not hang on a plan.
	OpenedBy []PlannedEffect
	// ClosesOn is the first date on which planned transfers will have closed it altogether, zero where they will not;
	// ClosedBy are those that will.
	ClosesOn domain.Date
	ClosedBy []PlannedEffect
}

// IsPlanned tells whether the finding follows from plans, and not from what has happened.
func (f Finding) IsPlanned() bool { return len(f.OpenedBy) > 0 }

// CompareFindings orders findings by kind, function, body and aspect, those that follow from plans after those that do not.
func CompareFindings(a, b Finding) int {
	kinds := FindingKinds()
	return cmp.Or(
		cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)),
		cmp.Compare(a.Function, b.Function),
		cmp.Compare(a.Organisation, b.Organisation),
		cmp.Compare(a.Aspect, b.Aspect),
		cmp.Compare(len(a.OpenedBy), len(b.OpenedBy)),
	)
}

type findingKey struct {
	kind         FindingKind
	function     domain.FunctionCode
	organisation domain.OrganisationCode
	aspect       string
}

// draft is a finding while observations are added to it.
type draft struct {
	severity   Severity
	since      domain.Date
	footprints map[domain.FootprintCode]bool
	causes     map[domain.EventNo]bool
	// bodies are those involved besides the one at which it is found.
	bodies map[domain.OrganisationCode]bool
	// what is the sentence without its places, details what is added after a colon.
	what, remedy string
	details      map[string]bool
}

// drafts are the findings of one or several dates.
type drafts map[findingKey]*draft

// at returns the draft of a finding, and whether it is new and still needs its texts.
func (d drafts) at(key findingKey, severity Severity) (*draft, bool) {
	x, ok := d[key]
	if !ok {
		x = &draft{
			severity: severity, footprints: map[domain.FootprintCode]bool{}, causes: make(map[domain.EventNo]bool),
			bodies: map[domain.OrganisationCode]bool{}, details: map[string]bool{},
		}
		d[key] = x
	}
	if severityRank(severity) > severityRank(x.severity) {
		x.severity = severity
	}
	return x, !ok
}

func severityRank(s Severity) int {
	return slices.Index([]Severity{SeverityLow, SeverityMedium, SeverityHigh}, s)
}

// says sets the texts of a new draft.
func (x *draft) says(remedy, format string, args ...any) {
	x.what, x.remedy = fmt.Sprintf(format, args...), remedy
}

// seen adds an observation: since when it is so, and from which events it follows.
func (x *draft) seen(since domain.Date, causes ...domain.EventNo) {
	if x.since == 0 || since < x.since {
		x.since = since
	}
	for _, no := range causes {
		if no != 0 {
			x.causes[no] = true
		}
	}
}

func (x *draft) in(footprints ...domain.FootprintCode) {
	for _, code := range footprints {
		x.footprints[code] = true
	}
}

func (x *draft) involves(bodies ...domain.OrganisationCode) {
	for _, code := range bodies {
		x.bodies[code] = true
	}
}

// add joins the findings of another date.
func (d drafts) add(other drafts) {
	for key, y := range other {
		x, isNew := d.at(key, y.severity)
		if isNew {
			x.what, x.remedy = y.what, y.remedy
		}
		x.seen(y.since)
		maps.Copy(x.footprints, y.footprints)
		maps.Copy(x.causes, y.causes)
		maps.Copy(x.bodies, y.bodies)
		maps.Copy(x.details, y.details)
	}
}

// findings returns what the query lets through, in order: what has happened, and what planned transfers open.
func (d drafts) findings(q CoherenceQuery, ahead *forecast) []Finding {
	var list []Finding
	for key, x := range d {
		if q.lets(key, x) {
			f := x.finding(key)
			f.ClosesOn, f.ClosedBy = ahead.closes[key], ahead.closing[key]
			list = append(list, f)
		}
	}
	for key, x := range ahead.opened {
		if q.lets(key, x) {
			f := x.finding(key)
			f.OpenedBy = ahead.by[key]
			list = append(list, f)
		}
	}
	slices.SortFunc(list, CompareFindings)
	return list
}

func (x *draft) finding(key findingKey) Finding {
	return Finding{
		Kind: key.kind, Severity: x.severity, Function: key.function, Organisation: key.organisation,
		Aspect: key.aspect, Footprints: slices.Sorted(maps.Keys(x.footprints)), Since: x.since,
		CauseEvents: slices.Sorted(maps.Keys(x.causes)), Message: x.message(), Remedy: x.remedy,
	}
}

// lets tells whether the query asks for a finding: a body asks for what is found at it and what it is involved in.
func (q *CoherenceQuery) lets(key findingKey, x *draft) bool {
	concerns := func(code domain.OrganisationCode) bool { return code == key.organisation || x.bodies[code] }
	return (len(q.Kinds) == 0 || slices.Contains(q.Kinds, key.kind)) &&
		(q.Severity == "" || severityRank(x.severity) >= severityRank(q.Severity)) &&
		(len(q.Functions) == 0 || slices.Contains(q.Functions, key.function)) &&
		(len(q.Organisations) == 0 || slices.ContainsFunc(q.Organisations, concerns))
}

func (x *draft) message() string {
	text := x.what + places(slices.Sorted(maps.Keys(x.footprints)))
	if len(x.details) > 0 {
		text += ": " + strings.Join(firstOf(slices.Sorted(maps.Keys(x.details))), "; ")
	}
	return text + "."
}

// few is how many codes or details a message spells out.
const few = 4

func places(footprints []domain.FootprintCode) string {
	switch {
	case len(footprints) == 0:
		return ""
	case len(footprints) == 1:
		return " in " + string(footprints[0])
	case len(footprints) > few:
		return fmt.Sprintf(" in %d footprints", len(footprints))
	}
	return " in " + joinAnd(footprints)
}

// joinAnd writes "a, b and c".
func joinAnd[S ~string](list []S) string {
	texts := make([]string, len(list))
	for i, s := range list {
		texts[i] = string(s)
	}
	if len(texts) < 2 {
		return strings.Join(texts, "")
	}
	last := len(texts) - 1
	return strings.Join(texts[:last], ", ") + " and " + texts[last]
}

func firstOf(details []string) []string {
	if len(details) <= few {
		return details
	}
	return append(slices.Clip(details[:few]), fmt.Sprintf("and %d more", len(details)-few))
}
