package projections

import (
	"fmt"
	"strconv"

	"github.com/remit-register/remit/domain"
)

func decimal(no domain.EventNo) string { return strconv.FormatUint(uint64(no), 10) }

// unknownFunction, unknownOrganisation and the others refuse what is not known at a position, and tell whether it is
// known by now; the caller holds the lock.
func (v *Views) unknownFunction(code domain.FunctionCode, known domain.EventNo) error {
	_, byNow := v.functions.Get(code, v.position())
	return notKnown(domain.UnknownFunction, fmt.Sprintf("function %q", code), known, byNow,
		"List the functions to see their codes.", "function", string(code))
}

func (v *Views) unknownOrganisation(code domain.OrganisationCode, known domain.EventNo) error {
	_, byNow := v.organisations.Body(code, v.position())
	return notKnown(domain.UnknownOrganisation, fmt.Sprintf("organisation %q", code), known, byNow,
		"List the organisations to see their codes.", "organisation", string(code))
}

func (v *Views) unknownFootprint(code domain.FootprintCode, known domain.EventNo, remedy string) error {
	return notKnown(domain.UnknownFootprint, fmt.Sprintf("footprint %q", code), known, v.isFootprint(code, v.position()),
		remedy, "footprint", string(code))
}

// isFootprint tells whether a code is that of a listed footprint, or of a body's own operation.
func (v *Views) isFootprint(code domain.FootprintCode, known domain.EventNo) bool {
	_, listed := v.organisations.Footprint(code, known)
	if listed {
		return true
	}
	_, own := v.organisations.Body(domain.OrganisationCode(code), known)
	return own
}

func notKnown(reason domain.Reason, what string, known domain.EventNo, byNow bool, remedy string, facts ...string) error {
	if byNow {
		return domain.Refuse(reason, fmt.Sprintf("There was no %s yet as known after event %s.", what, decimal(known)),
			"Ask as known later, or as known now.", append(facts, "knownPosition", decimal(known))...)
	}
	return domain.Refuse(reason, fmt.Sprintf("There is no %s.", what), remedy, facts...)
}

func (v *Views) unknownTransfer(id domain.TransferID, known domain.EventNo) error {
	_, byNow := v.transfers.Get(id, v.position())
	return notKnown(domain.UnknownTransfer, fmt.Sprintf("transfer %q", id), known, byNow,
		"List the transfers to see their ids.", "transfer", string(id))
}

func (v *Views) unknownDelegation(id domain.ArrangementID, known domain.EventNo) error {
	_, byNow := v.delegations.Get(id, v.position())
	return notKnown(domain.UnknownDelegation, fmt.Sprintf("delegation %q", id), known, byNow,
		"List the delegations to see their ids.", "delegation", string(id))
}

func (v *Views) unknownInstrument(code domain.InstrumentCode, known domain.EventNo) error {
	_, byNow := v.instruments.Get(code, v.position())
	return notKnown(domain.UnknownInstrument, fmt.Sprintf("instrument %q", code), known, byNow,
		"List the instruments to see their codes.", "instrument", string(code))
}

// unknownID refuses an id of a kind of thing, such as "plan return", that facts know by a key, such as "planReturn".
func unknownID(reason domain.Reason, name, key, id string) error {
	return domain.Refuse(reason, fmt.Sprintf("There is no %s with the id %q.", name, id),
		"List what there is to find its id.", key, id)
}
