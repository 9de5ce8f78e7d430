package console

import (
	"fmt"
	"net/http"
	"slices"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// bar is a picture of a number, as wide as it is large: percent of the widest. It stands beside the number.
type bar struct {
	// Parts follow one another.
	Parts []barPart
}

// barPart is a part of a bar, with the class that gives it its colour.
type barPart struct {
	X, Width int
	Class    string
}

// barWidth is how wide the widest bar is.
const barWidth = 1000

// share is how wide a bar is.
func share(n, most int64) int {
	if most <= 0 || n <= 0 {
		return 0
	}
	return int(n * barWidth / most)
}

// envelopePage is how running costs stand to the envelope.
type envelopePage struct {
	Look            look
	Year            string
	Rate            string
	England         envelopeLine
	Regions, Boards []envelopeLine
	// Costs says that any cost is recorded: without, nothing can be said of what is left.
	Costs bool
}

// envelopeLine is a board or a region.
type envelopeLine struct {
	Line *remitv1.EnvelopeLine
	Body link
	// Allowance is the envelope by registered patients, or else by whatever is counted; nil when nobody is.
	Allowance *remitv1.Allowance
	Bar       bar
}

// envelope shows the running-cost envelope.
func (v *visit) envelope() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	ask := &remitv1.GetEnvelopeRequest{}
	answer, err := cached(v, questionKey(ask), func() (*remitv1.GetEnvelopeResponse, error) {
		ask.AsOf = v.at.message()
		return v.ask.programme.GetEnvelope(v.ctx(), ask)
	})
	if err != nil {
		return err
	}
	v.resolved(answer.GetAsOf(), answer.GetPosition())
	page := envelopePage{Look: l, Year: answer.GetYear(), Rate: fmt.Sprintf("£%d.%02d", answer.GetPencePerHead()/100, answer.GetPencePerHead()%100)}
	page.England = l.envelopeLines([]*remitv1.EnvelopeLine{answer.GetEngland()})[0]
	page.England.Body = link{Text: "England"}
	page.Regions, page.Boards = l.envelopeLines(answer.GetRegions()), l.envelopeLines(answer.GetBodies())
	e := answer.GetEngland()
	page.Costs = e.GetRunningPounds() != 0 || e.GetAfterPounds() != 0 || e.GetExcludedPounds() != 0
	return v.show(http.StatusOK, "envelope", page)
}

func (l look) envelopeLines(from []*remitv1.EnvelopeLine) []envelopeLine {
	lines := make([]envelopeLine, len(from))
	var most int64
	for i, line := range from {
		lines[i] = envelopeLine{Line: line, Body: l.BodyLink(line.GetOrganisation()), Allowance: mainAllowance(line)}
		most = max(most, lines[i].Allowance.GetPounds(), line.GetAfterPounds())
	}
	for i, line := range lines {
		lines[i].Bar = bar{[]barPart{
			{0, share(line.Allowance.GetPounds(), most), "app-bar__envelope"}, {0, share(line.Line.GetAfterPounds(), most), "app-bar__spent"},
		}}
	}
	return lines
}

// mainAllowance is the envelope by registered patients, as it is set, or else by another count.
func mainAllowance(line *remitv1.EnvelopeLine) *remitv1.Allowance {
	for _, a := range line.GetAllowances() {
		if a.GetBasis() == remitv1.PopulationBasis_POPULATION_BASIS_REGISTERED {
			return a
		}
	}
	if all := line.GetAllowances(); len(all) > 0 {
		return all[0]
	}
	return nil
}

// shiftPage is how functions shift between tiers.
type shiftPage struct {
	Form             form
	Look             look
	Roles            []option
	Role             remitv1.Role
	FromDate, ToDate dateParts
	From, To         string
	Asked            bool
	Tiers            []remitv1.Tier
	Held             []shiftLine
	Moved, Planned   []*remitv1.ShiftMove
}

// shiftLine is what each tier holds on a date.
type shiftLine struct {
	On     string
	Counts []int64
	Bar    bar
}

// shift shows how functions shift between tiers.
func (v *visit) shift() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	page := shiftPage{Form: newForm(v.r.URL.Query()), Look: l, Role: remitv1.Role_ROLE_ACCOUNTABLE}
	for _, role := range allRoles() {
		page.Roles = append(page.Roles, option{Value: slug(word(role)), Text: roleDoes(role)})
		if page.Form.text("role") == slug(word(role)) {
			page.Role = role
		}
	}
	page.From, page.To = page.Form.date("from", "The first date", false), page.Form.date("to", "The last date", false)
	if page.From == "" {
		page.From = yearOf(v.at.On, -1)
	}
	if page.To == "" {
		page.To = yearOf(v.at.On, 1)
	}
	page.FromDate, page.ToDate = partsOf(page.From), partsOf(page.To)
	if page.Form.bad() {
		return v.show(http.StatusBadRequest, "shift", page)
	}
	ask := &remitv1.GetShiftRequest{From: page.From, Until: page.To, Months: 3}
	answer, err := cached(v, questionKey(ask), func() (*remitv1.GetShiftResponse, error) {
		ask.AsOf = v.at.message()
		return v.ask.programme.GetShift(v.ctx(), ask)
	})
	if err != nil {
		page.Form.refused(err, map[string]string{"from": "from", "until": "to"})
		return v.show(refusalOf(err).Status, "shift", page)
	}
	v.at.Position, page.Asked = answer.GetPosition(), true
	page.Moved, page.Planned = answer.GetMoved(), answer.GetPlanned()
	page.count(answer.GetHeld())
	return v.show(http.StatusOK, "shift", page)
}

// yearOf is the first day of the financial year of a date, or of one so many years later.
func yearOf(on string, later int) string {
	start := dayOf(yearStart(on)).AddDate(later, 0, 1)
	return start.Format(isoDate)
}

// count adds up what each tier holds, over all classes of function.
func (p *shiftPage) count(held []*remitv1.ShiftCount) {
	var dates []string
	counts := map[string]map[remitv1.Tier]int64{}
	for _, h := range held {
		if h.GetRole() != p.Role {
			continue
		}
		if counts[h.GetOn()] == nil {
			counts[h.GetOn()] = make(map[remitv1.Tier]int64)
			dates = append(dates, h.GetOn())
		}
		counts[h.GetOn()][h.GetTier()] += int64(h.GetRemits())
		if !slices.Contains(p.Tiers, h.GetTier()) {
			p.Tiers = append(p.Tiers, h.GetTier())
		}
	}
	slices.Sort(p.Tiers)
	slices.Sort(dates)
	var most int64
	for _, on := range dates {
		var sum int64
		for _, n := range counts[on] {
			sum += n
		}
		most = max(most, sum)
	}
	for _, on := range dates {
		line := shiftLine{On: on}
		x := 0
		for _, tier := range p.Tiers {
			n := counts[on][tier]
			line.Counts = append(line.Counts, n)
			line.Bar.Parts = append(line.Bar.Parts, barPart{x, share(n, most), "app-bar__tier-" + slug(word(tier))})
			x += share(n, most)
		}
		p.Held = append(p.Held, line)
	}
}
