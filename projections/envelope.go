package projections

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/remit-register/remit/domain"
)

// EnvelopePencePerHead is the running cost that an ICB may have for each head of its population in a year: £18.76.
// Source: Model ICB Blueprint, 2025. It does not say which population is meant, so every figure names its own.
const EnvelopePencePerHead = 1876

// EnvelopeQuery asks for running costs against the envelope.
type EnvelopeQuery struct {
	AsOf domain.AsOf
	// Year is the financial year of the costs, such as "2026/27"; "" for the one in which the date lies.
	Year string
	// Basis limits the answer to populations counted in one way; "" for every way in which they are recorded.
	Basis domain.PopulationBasis
	// Organisations limits the answer to these ICBs and regions; none for all that are open on the date.
	Organisations []domain.OrganisationCode
}

// Envelope shows the running costs of ICBs against what they may have, and their sum by region and for England.
type Envelope struct {
	AsOf domain.AsOf
	Year string
	// PencePerHead is the rate: EnvelopePencePerHead.
	PencePerHead int64
	// Bodies has a line for each ICB that is open on the date, by code; Regions one for each of their regions.
	Bodies  []EnvelopeLine
	Regions []EnvelopeLine
	// England is the sum over all ICBs, whatever the query asks for.
	England EnvelopeLine
}

// EnvelopeLine is the envelope of a body, or of all ICBs of a region, in whole pounds.
type EnvelopeLine struct {
	// Organisation is the body; England is "ENG".
	Organisation domain.OrganisationCode
	Name         string
	Region       domain.OrganisationCode
	// Allowances are the envelope by each basis on which a population is recorded.
	Allowances []Allowance
	// Running is the running cost recorded without those that transfers bring; Excluded are running costs recorded as
	// outside of the envelope, such as delegated services; Programme and Capital are no running costs.
	Running, Excluded, Programme, Capital int64
	// Completed and Planned are the change of running cost by transfers that have taken effect by the date, and by those
	// that have not: below zero for a saving. A cost that a transfer moves without an overall saving is no saving: such
	// changes are in Shifted and not in these two.
	Completed, Planned, Shifted int64
	// After is the running cost with the effect of all transfers that count: Running, Completed and Planned together.
	After int64
	// Figures are the costs that the line rests on; none on the lines of regions and of England.
	Figures []CostFigure
}

// Allowance is an envelope and the population from which it follows.
type Allowance struct {
	Basis domain.PopulationBasis
	// Population is the number of people, as counted in each of Years.
	Population int64
	Years      []int
	// Sources cite the counts; Confidence is that of the least sure one.
	Sources    []string
	Confidence domain.Confidence
	// Events recorded the counts.
	Events []domain.EventNo
	// Missing are the ICBs of a region or of England without a count on this basis: the figure leaves them out.
	Missing []domain.OrganisationCode
	// Pounds is the population times the rate, to the nearest pound.
	Pounds int64
	// Headroom is Pounds less what the line's running cost is after transfers: below zero when it is over. It is of use
	// only where nothing is Missing.
	Headroom int64
}

// CostFigure is a recorded cost, with the base and year that every figure names.
type CostFigure struct {
	domain.CostRecorded
	Event domain.EventNo
	// Shifted says that the transfer which brings the cost moves it and saves nothing.
	Shifted bool
}

// Envelope computes the running-cost envelope. It refuses with domain.UnknownOrganisation for a body that is not known,
// and with domain.InvalidArgument for a position not reached yet or a year that is not written as "2026/27".
func (v *Views) Envelope(q EnvelopeQuery) (Envelope, error) {
	if q.Year == "" {
		q.Year = FinancialYear(q.AsOf.On)
	}
	if !isFinancialYear(q.Year) {
		return Envelope{}, domain.Refuse(domain.InvalidArgument, fmt.Sprintf("%q is not a financial year.", q.Year),
			"Write it as in 2026/27.", "year", q.Year)
	}
	var answer Envelope
	err := v.read(q.AsOf, func(a domain.AsOf) error {
		for _, code := range q.Organisations {
			if _, ok := v.organisations.Body(code, a.Known); !ok {
				return v.unknownOrganisation(code, a.Known)
			}
		}
		answer = v.envelope(q, a)
		return nil
	})
	return answer, err
}

// FinancialYear returns the financial year in which a date lies: from 1 April, written as "2026/27".
func FinancialYear(on domain.Date) string {
	var year, month int
	if _, err := fmt.Sscanf(on.String(), "%4d-%2d", &year, &month); err != nil {
		return ""
	}
	const april, century = 4, 100
	if month < april {
		year--
	}
	return fmt.Sprintf("%04d/%02d", year, (year+1)%century)
}

func isFinancialYear(text string) bool {
	var year, next int
	if n, err := fmt.Sscanf(text, "%4d/%2d", &year, &next); err != nil || n != 2 {
		return false
	}
	const century = 100
	return text == fmt.Sprintf("%04d/%02d", year, (year+1)%century) && next == (year+1)%century
}

func (v *Views) envelope(q EnvelopeQuery, a domain.AsOf) Envelope {
	answer := Envelope{AsOf: a, Year: q.Year, PencePerHead: EnvelopePencePerHead}
	populations, costs := v.populations(a), v.costFigures(q.Year, a.Known)
	byRegion := map[domain.OrganisationCode][]EnvelopeLine{}
	var all []EnvelopeLine
	for _, body := range v.organisations.Bodies(a.Known) {
		if body.Tier != domain.TierICB || !body.IsOpen(a) {
			continue
		}
		line := EnvelopeLine{Organisation: body.Code, Name: nameAt(periodsOf(body.Name, a.Known), a.On)}
		line.Region, _ = v.organisations.RegionOf(body.Code, a)
		for _, p := range populations[body.Code] {
			if q.Basis == "" || p.Basis == q.Basis {
				line.Allowances = append(line.Allowances, p)
			}
		}
		v.spend(&line, costs[body.Code], a)
		line.settle()
		all = append(all, line)
		byRegion[line.Region] = append(byRegion[line.Region], line)
		if q.asksFor(line.Organisation) || q.asksFor(line.Region) {
			answer.Bodies = append(answer.Bodies, line)
		}
	}
	for code, lines := range byRegion {
		if code != "" && q.asksFor(code) {
			answer.Regions = append(answer.Regions, v.sum(code, lines, a))
		}
	}
	slices.SortFunc(answer.Regions, func(x, y EnvelopeLine) int { return cmp.Compare(x.Organisation, y.Organisation) })
	answer.England = v.sum(domain.England, all, a)
	return answer
}

func (q *EnvelopeQuery) asksFor(code domain.OrganisationCode) bool {
	return len(q.Organisations) == 0 || slices.Contains(q.Organisations, code)
}

// populations returns the counts in force for each body: of each basis the one with the latest date, and of one date
// the last recorded.
func (v *Views) populations(a domain.AsOf) map[domain.OrganisationCode][]Allowance {
	type key struct {
		body  domain.OrganisationCode
		basis domain.PopulationBasis
	}
	type count struct {
		domain.PopulationRecorded
		event domain.EventNo
	}
	last := map[key]count{}
	for _, no := range v.events.ofType("PopulationRecorded", a.Known) {
		f, ok := v.events.fact(no).(domain.PopulationRecorded)
		if k := (key{f.Organisation, f.Basis}); ok && f.EffectiveOn <= a.On && f.EffectiveOn >= last[k].EffectiveOn {
			last[k] = count{f, domain.EventNo(no)}
		}
	}
	populations := map[domain.OrganisationCode][]Allowance{}
	for k, c := range last {
		populations[k.body] = append(populations[k.body], Allowance{
			Basis: c.Basis, Population: c.Count, Years: []int{c.Year}, Sources: []string{c.Source},
			Confidence: c.Confidence, Events: []domain.EventNo{c.event},
		})
	}
	for _, list := range populations {
		slices.SortFunc(list, func(x, y Allowance) int { return cmp.Compare(x.Basis, y.Basis) })
	}
	return populations
}

// costFigures returns the costs of a financial year by body, in the order of recording, without those of transfers
// that came to nothing.
func (v *Views) costFigures(year string, known domain.EventNo) map[domain.OrganisationCode][]CostFigure {
	figures := map[domain.OrganisationCode][]CostFigure{}
	for id, costs := range v.costsOf(known) {
		t, _ := v.transfers.Get(id, known)
		if id != "" && isDropped(t) {
			continue
		}
		_, _, shifted := shiftedIn(year, t, costs)
		for _, c := range costs {
			if c.Year == year {
				figures[c.Organisation] = append(figures[c.Organisation], CostFigure{c.CostRecorded, c.event, id != "" && shifted})
			}
		}
	}
	for _, list := range figures {
		slices.SortFunc(list, func(x, y CostFigure) int { return cmp.Compare(x.Event, y.Event) })
	}
	return figures
}

// spend puts a body's costs on its line.
func (v *Views) spend(line *EnvelopeLine, figures []CostFigure, a domain.AsOf) {
	line.Figures = figures
	for _, f := range figures {
		switch {
		case f.Class == domain.CostProgramme:
			line.Programme += f.Pounds
		case f.Class == domain.CostCapital:
			line.Capital += f.Pounds
		case f.Excluded:
			line.Excluded += f.Pounds
		case f.Transfer == "":
			line.Running += f.Pounds
		case f.Shifted:
			line.Shifted += f.Pounds
		default:
			t, _ := v.transfers.Get(f.Transfer, a.Known)
			if t.State == domain.StateCompleted && t.CompletedOn <= a.On {
				line.Completed += f.Pounds
			} else {
				line.Planned += f.Pounds
			}
		}
	}
}

// settle works out what is left of the envelope.
func (l *EnvelopeLine) settle() {
	l.After = l.Running + l.Completed + l.Planned
	for i := range l.Allowances {
		const pence = 100
		p := &l.Allowances[i]
		p.Pounds = (p.Population*EnvelopePencePerHead + pence/2) / pence
		p.Headroom = p.Pounds - l.After
	}
}

// sum adds up the lines of ICBs.
func (v *Views) sum(code domain.OrganisationCode, lines []EnvelopeLine, a domain.AsOf) EnvelopeLine {
	total := EnvelopeLine{Organisation: code, Name: "England"}
	if body, ok := v.organisations.Body(code, a.Known); ok {
		total.Name, total.Region = nameAt(periodsOf(body.Name, a.Known), a.On), code
	}
	for _, l := range lines {
		total.Running += l.Running
		total.Excluded += l.Excluded
		total.Programme += l.Programme
		total.Capital += l.Capital
		total.Completed += l.Completed
		total.Planned += l.Planned
		total.Shifted += l.Shifted
	}
	for _, basis := range []domain.PopulationBasis{domain.PopulationRegistered, domain.PopulationResident} {
		if p := allowanceOf(basis, lines); len(p.Events) > 0 {
			total.Allowances = append(total.Allowances, p)
		}
	}
	total.settle()
	return total
}

// allowanceOf adds up the populations of one basis, and says which are missing.
func allowanceOf(basis domain.PopulationBasis, lines []EnvelopeLine) Allowance {
	total := Allowance{Basis: basis}
	for _, l := range lines {
		i := slices.IndexFunc(l.Allowances, func(p Allowance) bool { return p.Basis == basis })
		if i < 0 {
			total.Missing = append(total.Missing, l.Organisation)
			continue
		}
		p := l.Allowances[i]
		total.Population += p.Population
		total.Years = append(total.Years, p.Years...)
		total.Sources = append(total.Sources, p.Sources...)
		total.Events = append(total.Events, p.Events...)
		if leastSure(p.Confidence) > leastSure(total.Confidence) {
			total.Confidence = p.Confidence
		}
	}
	slices.Sort(total.Years)
	slices.Sort(total.Sources)
	slices.Sort(total.Events)
	total.Years, total.Sources = slices.Compact(total.Years), slices.Compact(total.Sources)
	return total
}

func leastSure(c domain.Confidence) int {
	return slices.Index([]domain.Confidence{domain.ConfidenceExact, domain.ConfidenceApproximate, domain.ConfidenceAssumed}, c)
}
