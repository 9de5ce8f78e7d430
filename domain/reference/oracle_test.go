package reference

import (
	"slices"
	"strings"
	"testing"

	"github.com/remit-register/remit/domain"
)

// oracle works out who holds what on a date from the rows alone, without a register: the newest rule for the remit,
// applied to the bodies that cover the footprint on that date. It knows nothing of reorganisations, so that where it
// agrees with the register, every reorganisation has passed on what it should.
type oracle struct {
	*register
	on domain.Date
	// icb and region are those of each footprint on the date.
	icb, region map[domain.FootprintCode]domain.OrganisationCode
}

func newOracle(t *testing.T, on domain.Date) oracle {
	t.Helper()
	o := oracle{
		register: readFiles(t), on: on,
		icb: map[domain.FootprintCode]domain.OrganisationCode{}, region: map[domain.FootprintCode]domain.OrganisationCode{},
	}
	for _, c := range o.coverage {
		if c.contains(on) {
			o.icb[c.Footprint], o.region[c.Footprint] = c.Organisation, o.regionOf(c.Organisation, on)
		}
	}
	for _, body := range o.organisations {
		if code := domain.FootprintCode(body.Code); body.contains(on) {
			o.icb[code], o.region[code] = o.parentOf(body.Code, on), o.regionOf(body.Code, on)
		}
	}
	return o
}

// footprints lists those of a function that exist on the date.
func (o oracle) footprints(function domain.FunctionCode) []domain.FootprintCode {
	var codes []domain.FootprintCode
	details := o.function(function)
	for _, f := range o.register.footprints {
		if details.FootprintKind == f.Kind && f.contains(o.on) {
			codes = append(codes, f.Code)
		}
	}
	for _, tier := range details.OwnOperationOf {
		for _, code := range o.openBodies(tier, o.on) {
			codes = append(codes, domain.FootprintCode(code))
		}
	}
	return codes
}

// rules lists the rules in force for a role: several when the rows of the baseline name several holders.
func (o oracle) rules(function domain.FunctionCode, footprint domain.FootprintCode, role domain.Role) []rule {
	var rules []rule
	for _, a := range o.baseline {
		if a.Function == function && slices.Contains(a.Roles, role) {
			rules = append(rules, a.Holder)
		}
	}
	for _, x := range o.history {
		if x.Function != function || x.On > o.on || !slices.Contains(x.Roles, role) {
			continue
		}
		if x.Holder.word() == ruleICBsIn && !slices.Contains(x.Holder.codes(), o.region[footprint]) {
			continue
		}
		rules = []rule{x.Holder}
	}
	return rules
}

func (o oracle) holder(x rule, footprint domain.FootprintCode, role domain.Role) string {
	switch x.word() {
	case ruleSelf:
		return string(footprint)
	case ruleUndetermined:
		return "?"
	case ruleRegion:
		region := o.region[footprint]
		if role.NeedsLegalPerson() {
			return string(o.organisation(region).LegalParent) + " through " + string(region)
		}
		return string(region)
	case ruleEveryICB, ruleICBsIn, ruleCoveringICB, ruleMemberICB:
		return string(o.icb[footprint])
	default:
		return string(x)
	}
}

func TestTheRegisterAgreesWithTheRows(t *testing.T) {
	state := loaded(t)
	for _, on := range changeDates(t) {
		o := newOracle(t, on)
		remits := 0
		for _, f := range o.functions {
			for _, footprint := range o.footprints(f.Code) {
				for _, role := range domain.Roles() {
					var names []string
					for _, x := range o.rules(f.Code, footprint, role) {
						names = append(names, o.holder(x, footprint, role))
					}
					slices.Sort(names)
					want := strings.Join(names, ", ")
					if got := named(heldOn(state, f.Code, footprint, role, on)); got != want {
						t.Errorf("%s of %s in %s on %s: %q, want %q", role, f.Code, footprint, on, got, want)
					}
					remits += len(names)
				}
			}
		}
		wantNothingElse(t, state, on, remits)
	}
}

// wantNothingElse checks that the register holds as many holdings on a date as the rows say, so that there are none
// for footprints that do not exist.
func wantNothingElse(t *testing.T, state *domain.State, on domain.Date, want int) {
	t.Helper()
	got := 0
	for _, remit := range state.Holdings.Remits() {
		got += len(state.Holdings.At(remit, domain.Now(on)))
	}
	if got != want {
		t.Errorf("%d holdings on %s, want %d", got, on, want)
	}
	t.Logf("%s: %d holdings", on, got)
}
