package domain

import (
	"fmt"
	"slices"
	"strconv"
)

// What rests on a body's being open besides what it holds: the footprints that it covers, and the bodies that belong to
// it, act for it or have it as a member.

// checkCoverage refuses when a footprint would be covered, on any day, by a body that is not open then.
func (d *decision) checkCoverage() {
	for _, fp := range d.s.Organisations.Footprints(Latest) {
		d.checkRelation(fp.CoveredBy, fp.Open, func(by OrganisationCode, on Date) (string, string) {
			return fmt.Sprintf("%s would cover %s on %s, when it is not open.", by, fp.Code, on),
				"Record first who covers it from that date."
		})
	}
}

// checkRelations refuses when a body would belong to or act for another one, or have it as a member, on a day on which
// that is not open. It looks at one body and at those that have to do with it.
func (d *decision) checkRelations(code OrganisationCode) {
	for _, body := range d.s.Organisations.Bodies(Latest) {
		says := func(other OrganisationCode, on Date) (string, string) {
			return fmt.Sprintf("%s would belong to or act for %s on %s, when that is not open.", body.Code, other, on),
				"Correct first where it belongs then."
		}
		for _, parents := range []Timeline[OrganisationCode]{body.Parent, body.LegalParent} {
			names := func(p Point[OrganisationCode]) bool { return p.Value == code }
			if body.Code == code || slices.ContainsFunc(parents, names) {
				d.checkRelation(parents, body.Open, says)
			}
		}
		for _, member := range body.Members {
			if opened := body.Open.Known(Latest); (member == code || body.Code == code) && len(opened) > 0 {
				d.checkOpenOn(member, opened[0].From, opened[0].No, says)
			}
		}
	}
}

// checkRelation looks at a relation to other bodies on every day on which anything of it changes, as long as the one
// that has it is open.
func (d *decision) checkRelation(
	to Timeline[OrganisationCode], open Timeline[bool], says func(OrganisationCode, Date) (string, string),
) {
	points := to.Known(Latest)
	for i, p := range points {
		if p.Value == "" {
			continue
		}
		days := []Date{p.From}
		body, _ := d.s.Organisations.Body(p.Value, Latest)
		for _, change := range slices.Concat(body.Open.Known(Latest), open.Known(Latest)) {
			days = append(days, change.From)
		}
		for _, on := range days {
			there, ok := open.At(Now(on))
			if on >= p.From && (i+1 == len(points) || on < points[i+1].From) && ok && there.Value {
				d.checkOpenOn(p.Value, on, p.No, says)
			}
		}
	}
}

func (d *decision) checkOpenOn(code OrganisationCode, on Date, no EventNo, says func(OrganisationCode, Date) (string, string)) {
	if body, _ := d.s.Organisations.Body(code, Latest); !body.IsOpen(Now(on)) {
		message, remedy := says(code, on)
		d.refuse(ContradictsLaterFact, message, remedy, "events", strconv.FormatUint(uint64(no), 10), "organisation", string(code))
	}
}
