package projections

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/remit-register/remit/domain"
)

// PaperQuery asks for the paper of a transition committee, or of a body, with a frozen data date.
type PaperQuery struct {
	// AsOf is the data date, on both clocks. Nothing that was recorded after its position is in the paper.
	AsOf domain.AsOf
	// Committee is the committee whose paper it is; or else Organisations are the bodies. A region stands for the bodies
	// that belong to it on the date, too.
	Committee     string
	Organisations []domain.OrganisationCode
	// Since is the data date of the paper before, zero where there is none.
	Since domain.AsOf
	// Days is how many days ahead the paper looks for what is due; Until is the last date on which gaps that open are
	// looked for, and the end of the series, zero for a year ahead.
	Days  int
	Until domain.Date
}

// Paper is a committee's paper. The same question, as known at the same position, has the same text for ever: personal
// texts are not in it, so that it outlasts their erasure.
type Paper struct {
	AsOf      domain.AsOf
	Committee domain.Committee
	// Bodies are those whose paper it is, sorted; without those for which a region stands.
	Bodies []domain.OrganisationCode
	Until  domain.Date
	// Map is the digest of the whole map as of the data date.
	Map      Digest
	Sections []PaperSection
	// Text is the paper as canonical Markdown, Digest "v1:sha256:" and the SHA-256 of it in hex.
	Text   string
	Digest string
}

// PaperSection is a section of a paper.
type PaperSection struct {
	Kind  PaperSectionKind
	Title string
	// Lines are in a fixed order; Empty is what the section says where it has none.
	Lines []PaperLine
	Empty string
}

// PaperSectionKind is what a section of a paper is about.
type PaperSectionKind string

// The sections, in their order.
const (
	SectionDecisions PaperSectionKind = "decisions"
	SectionDue       PaperSectionKind = "due"
	SectionGaps      PaperSectionKind = "gaps"
	SectionChanges   PaperSectionKind = "changes"
	SectionRisks     PaperSectionKind = "risks"
	SectionEnvelope  PaperSectionKind = "envelope"
	SectionShift     PaperSectionKind = "shift"
)

// PaperLine is a line of a paper, with the events on which it rests, in the order of the log.
type PaperLine struct {
	Text   string
	Events []domain.EventNo
}

// paperwork makes one paper.
type paperwork struct {
	agenda

	query PaperQuery
	paper *Paper
	// bodies are those whose paper it is, with those for which a region stands.
	bodies map[domain.OrganisationCode]bool
}

// daysOfYear is how far ahead a paper looks where nothing is said.
const daysOfYear = 365

// Paper makes a committee's paper. It refuses with domain.UnknownCommittee or domain.UnknownOrganisation for what is not
// known, and with domain.InvalidArgument for a position not reached yet, for neither a committee nor a body, or for a
// paper before that is later than this one.
func (v *Views) Paper(q PaperQuery) (Paper, error) {
	p, err := v.paperwork(q)
	if err != nil {
		return Paper{}, err
	}
	paper := p.paper
	if paper.Map, err = v.Digest(paper.AsOf); err != nil {
		return Paper{}, err
	}
	for _, section := range []func() (PaperSection, error){
		p.decisions, p.due, p.gaps, p.changes, p.riskSection, p.envelope, p.shift,
	} {
		s, err := section()
		if err != nil {
			return Paper{}, err
		}
		paper.Sections = append(paper.Sections, s)
	}
	v.mu.RLock()
	paper.Text = p.text()
	v.mu.RUnlock()
	sum := sha256.Sum256([]byte(paper.Text))
	paper.Digest = digestVersion + ":sha256:" + hex.EncodeToString(sum[:])
	return *paper, nil
}

// paperwork resolves what a paper is about.
func (v *Views) paperwork(q PaperQuery) (*paperwork, error) {
	a, err := v.resolveFilter(q.AsOf, Filter{Organisations: q.Organisations})
	if err != nil {
		return nil, err
	}
	p := &paperwork{agenda: agenda{views: v, asOf: a}, query: q, paper: &Paper{AsOf: a, Bodies: slices.Clone(q.Organisations), Until: q.Until}}
	if q.Committee != "" {
		if p.paper.Committee, _, err = v.Committee(q.Committee, a.Known); err != nil {
			return nil, err
		}
		p.paper.Bodies = append(p.paper.Bodies, p.paper.Committee.Bodies...)
	}
	if len(p.paper.Bodies) == 0 {
		return nil, domain.Refuse(domain.InvalidArgument, "The paper is of no committee and of no body.",
			"Give the committee, or the bodies.", "committeeId", q.Committee)
	}
	if q.Since != (domain.AsOf{}) {
		if p.query.Since, _, err = v.resolveBoth(CompareQuery{From: q.Since, To: a}); err != nil {
			return nil, err
		}
		if p.query.Since.On > a.On || p.query.Since.Known > a.Known {
			return nil, domain.Refuse(domain.InvalidArgument, "The paper before is later than this one.",
				"Give its own data date: the date, and the position as known.", "since", p.query.Since.On.String())
		}
	}
	if p.paper.Until == 0 {
		p.paper.Until = a.On.AddDays(daysOfYear)
	}
	if p.paper.Until < a.On {
		return nil, domain.Refuse(domain.InvalidArgument, "The last date lies before the data date.",
			"Leave it out, or give a later one.", "until", p.paper.Until.String(), "effectiveOn", a.On.String())
	}
	slices.Sort(p.paper.Bodies)
	p.paper.Bodies = slices.Compact(p.paper.Bodies)
	v.mu.RLock()
	defer v.mu.RUnlock()
	p.bodies = p.agenda.bodies(p.paper.Bodies)
	return p, nil
}

// text writes the paper down; the caller holds the lock.
func (p *paperwork) text() string {
	var b strings.Builder
	paper := p.paper
	known := p.views.events.recordedAt(paper.AsOf.Known)
	names := make([]string, 0, len(paper.Bodies))
	for _, code := range paper.Bodies {
		names = append(names, p.named(code))
	}
	b.WriteString("# Committee paper\n\n")
	if paper.Committee.ID != "" {
		fmt.Fprintf(&b, "- Committee: %s (%s)\n", plain(paper.Committee.Name), paper.Committee.ID)
	}
	fmt.Fprintf(&b, "- Bodies: %s\n", plain(strings.Join(names, "; ")))
	fmt.Fprintf(&b, "- Data date: %s, as known after event %d, recorded at %s\n",
		paper.AsOf.On, paper.AsOf.Known, known.UTC().Format(time.RFC3339Nano))
	if p.hasSince() {
		fmt.Fprintf(&b, "- Paper before: %s, as known after event %d\n", p.query.Since.On, p.query.Since.Known)
	}
	fmt.Fprintf(&b, "- Looks ahead: %d days for what is due, to %s for gaps and plans\n", p.query.Days, paper.Until)
	fmt.Fprintf(&b, "- Map of the data date: %s, %d holdings\n", paper.Map.Digest, paper.Map.Holdings)
	for _, s := range paper.Sections {
		fmt.Fprintf(&b, "\n## %s\n\n", s.Title)
		if len(s.Lines) == 0 {
			b.WriteString(s.Empty + "\n")
		}
		for _, line := range s.Lines {
			fmt.Fprintf(&b, "- %s [%s]\n", plain(line.Text), eventsText(line.Events))
		}
	}
	return b.String()
}

func (p *paperwork) hasSince() bool { return p.query.Since != (domain.AsOf{}) }

// plain is a text on one line.
func plain(text string) string { return strings.Join(strings.Fields(text), " ") }

// eventsText writes the numbers of events, in order, with stretches in short: "events 3, 5–9".
func eventsText(events []domain.EventNo) string {
	if len(events) == 0 {
		return "no events"
	}
	var parts []string
	for i := 0; i < len(events); {
		end := i
		for end+1 < len(events) && events[end+1] == events[end]+1 {
			end++
		}
		part := fmt.Sprint(events[i])
		if end > i {
			part += fmt.Sprintf("–%d", events[end])
		}
		parts = append(parts, part)
		i = end + 1
	}
	word := "events "
	if len(events) == 1 {
		word = "event "
	}
	return word + strings.Join(parts, ", ")
}
