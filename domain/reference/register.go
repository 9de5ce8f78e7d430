package reference

import (
	"errors"
	"slices"
	"strings"

	"github.com/remit-register/remit/domain"
)

// register is the content of the files.
type register struct {
	instruments   []domain.RegisterInstrument
	functions     []domain.DefineFunction
	organisations []organisation
	renames       []domain.RenameOrganisation
	// memberships say which body a body belongs to: a trust to its ICB, an ICB to its region.
	memberships     []membership
	footprints      []footprint
	coverage        []coverage
	reorganisations []reorganisation
	baseline        []allocation
	history         []occurrence
	plans           []plannedTransfer
	planned         []plannedReorganisation
	populations     []domain.RecordPopulation
}

// period is half-open: From is in it, To is not. The zero To means that it is still running.
type period struct {
	From, To domain.Date
}

func (p period) contains(on domain.Date) bool { return p.From <= on && (p.To == 0 || on < p.To) }

type organisation struct {
	domain.NewBody
	period
	Confidence domain.Confidence
	Source     string
}

type membership struct {
	Organisation, Parent domain.OrganisationCode
	period
}

type footprint struct {
	domain.NewFootprint
	period
}

type coverage struct {
	Footprint    domain.FootprintCode
	Organisation domain.OrganisationCode
	period
}

// reorganisation is one reorganisation. Whom its results take over, and which areas, follows from memberships and
// coverage.
type reorganisation struct {
	ID                   string
	On                   domain.Date
	Ends, Establishes    []domain.OrganisationCode
	Successions          []domain.Succession
	FootprintSuccessions []domain.FootprintSuccession
	Dispositions         []domain.DispositionLine
	Instrument           domain.InstrumentCode
	Confidence           domain.Confidence
	Source               string
}

// rule says which bodies a row means: an organisation's code, or one of the words below. A rule may be followed by
// codes that narrow it.
type rule string

const (
	// ruleEveryICB is each ICB open on the date, for what it covers: its locations, or its member trusts.
	ruleEveryICB = "every_icb"
	// ruleICBsIn is each ICB of the regions that follow, for what it covers.
	ruleICBsIn = "icbs_in"
	// ruleCoveringICB is the ICB that covers the location; ruleMemberICB the ICB that the trust belongs to.
	ruleCoveringICB = "covering_icb"
	ruleMemberICB   = "member_icb"
	// ruleRegion is the region of the location or body.
	ruleRegion = "region"
	// ruleSelf is the body itself, for its own operation.
	ruleSelf = "self"
	// ruleUndetermined is somebody of whom it is not known who.
	ruleUndetermined = "undetermined"
)

// word returns the rule without the codes that narrow it.
func (r rule) word() string {
	word, _, _ := strings.Cut(string(r), " ")
	return word
}

// codes returns the codes that narrow the rule.
func (r rule) codes() []domain.OrganisationCode {
	var codes []domain.OrganisationCode
	for _, code := range strings.Fields(string(r))[1:] {
		codes = append(codes, domain.OrganisationCode(code))
	}
	return codes
}

// allocation is a row of the baseline: the holder of roles of a function when the record began.
type allocation struct {
	Function   domain.FunctionCode
	Roles      []domain.Role
	Holder     rule
	From       domain.Date
	Instrument domain.InstrumentCode
	Confidence domain.Confidence
	Source     string
}

// occurrence is a change of holders that happened.
type occurrence struct {
	Kind           domain.TransferKind
	Function       domain.FunctionCode
	Before, Holder rule
	Roles          []domain.Role
	On             domain.Date
	Instrument     domain.InstrumentCode
	Confidence     domain.Confidence
	Source         string
}

// plannedTransfer is an announcement. Replaces is the ID of the one whose place it takes, "" for none.
type plannedTransfer struct {
	ID, Replaces string
	Kind         domain.TransferKind
	Function     domain.FunctionCode
	Sender       domain.OrganisationCode
	Receivers    rule
	Roles        []domain.Role
	For          domain.Date
	Instrument   domain.InstrumentCode
	Confidence   domain.Confidence
	Source       string
}

type plannedReorganisation struct {
	ID   string
	Plan domain.PlanReorganisation
}

// read reads the files. Its error lists everything that is wrong with them.
func read() (*register, error) {
	r := &reader{}
	register := &register{
		instruments:     readInstruments(r),
		functions:       readTable(r, "functions", parseFunction),
		organisations:   readTable(r, "organisations", parseOrganisation),
		renames:         readTable(r, "renames", parseRename),
		memberships:     readTable(r, "memberships", parseMembership),
		footprints:      readTable(r, "footprints", parseFootprint),
		coverage:        readTable(r, "coverage", parseCoverage),
		reorganisations: readReorganisations(r),
		baseline:        readTable(r, "baseline", parseAllocation),
		history:         readTable(r, "history", parseOccurrence),
		plans:           readTable(r, "plans", parsePlan),
		planned:         readTable(r, "planned_reorganisations", parsePlannedReorganisation),
		populations:     readTable(r, "populations", parsePopulation),
	}
	return register, errors.Join(r.problems...)
}

// openBodies returns the bodies of a tier that are open on a date, in the order of the file.
func (r *register) openBodies(tier domain.Tier, on domain.Date) []domain.OrganisationCode {
	var codes []domain.OrganisationCode
	for _, o := range r.organisations {
		if o.Tier == tier && o.contains(on) {
			codes = append(codes, o.Code)
		}
	}
	return codes
}

// organisation returns the body with the code, the zero value when there is none.
func (r *register) organisation(code domain.OrganisationCode) organisation {
	i := slices.IndexFunc(r.organisations, func(o organisation) bool { return o.Code == code })
	if i < 0 {
		return organisation{}
	}
	return r.organisations[i]
}

// function returns the function with the code, the zero value when there is none.
func (r *register) function(code domain.FunctionCode) domain.FunctionDetails {
	i := slices.IndexFunc(r.functions, func(f domain.DefineFunction) bool { return f.Code == code })
	if i < 0 {
		return domain.FunctionDetails{}
	}
	return r.functions[i].Details
}

// parentOf returns the body to which a body belongs on a date, "" for none.
func (r *register) parentOf(code domain.OrganisationCode, on domain.Date) domain.OrganisationCode {
	for _, m := range r.memberships {
		if m.Organisation == code && m.contains(on) {
			return m.Parent
		}
	}
	return ""
}

// regionOf returns the region of an ICB or a trust on a date, "" for none.
func (r *register) regionOf(code domain.OrganisationCode, on domain.Date) domain.OrganisationCode {
	for code != "" && r.organisation(code).Tier != domain.TierRegional {
		code = r.parentOf(code, on)
	}
	return code
}
