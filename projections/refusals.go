package projections

import (
	"fmt"
	"strconv"

	"github.com/remit-register/remit/domain"
)

func decimal(no domain.EventNo) string { return strconv.FormatUint(uint64(no), 10) }

func unknownFunction(code domain.FunctionCode) error {
	return domain.Refuse(domain.UnknownFunction, fmt.Sprintf("There is no function %q.", code),
		"List the functions to see their codes.", "function", string(code))
}

func unknownOrganisation(code domain.OrganisationCode) error {
	return domain.Refuse(domain.UnknownOrganisation, fmt.Sprintf("There is no organisation %q.", code),
		"List the organisations to see their codes.", "organisation", string(code))
}

func unknownFootprint(code domain.FootprintCode) error {
	return domain.Refuse(domain.UnknownFootprint, fmt.Sprintf("There is no footprint %q.", code),
		"Name a footprint, an organisation or \"ENG\".", "footprint", string(code))
}

func unknownTransfer(id domain.TransferID) error {
	return domain.Refuse(domain.UnknownTransfer, fmt.Sprintf("There is no transfer %q.", id),
		"List the transfers to see their ids.", "transfer", string(id))
}

func unknownDelegation(id domain.ArrangementID) error {
	return domain.Refuse(domain.UnknownDelegation, fmt.Sprintf("There is no delegation %q.", id),
		"List the delegations to see their ids.", "delegation", string(id))
}

func unknownInstrument(code domain.InstrumentCode) error {
	return domain.Refuse(domain.UnknownInstrument, fmt.Sprintf("There is no instrument %q.", code),
		"List the instruments to see their codes.", "instrument", string(code))
}

// unknownID refuses an id of a kind of thing, such as "plan return", that facts know by a key, such as "planReturn".
func unknownID(reason domain.Reason, name, key, id string) error {
	return domain.Refuse(reason, fmt.Sprintf("There is no %s with the id %q.", name, id),
		"List what there is to find its id.", key, id)
}
