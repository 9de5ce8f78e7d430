package reference

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/remit-register/remit/domain"
)

// The whole load is decided once; the tests only read the register that it makes.
var whole = sync.OnceValues(load)

func today() domain.Date { return domain.NewDate(2026, time.November, 21) }

// load gives the steps to an empty register one after the other, as the server does.
func load() (*domain.State, error) {
	steps, err := Steps(0)
	if err != nil {
		return nil, err
	}
	state := domain.NewState()
	made := map[string]domain.TransferID{}
	for i, step := range steps {
		transaction := fmt.Sprintf("01J%023d", i)
		command, err := step.Command(func(id string) (domain.TransferID, error) { return made[id], nil })
		if err != nil {
			return nil, err
		}
		if err := record(state, command, transaction, step.CommandID); err != nil {
			return nil, fmt.Errorf("%s: %w", step.Key, err)
		}
		made[step.CommandID] = domain.TransferID(transaction)
	}
	return state, nil
}

func record(state *domain.State, command domain.Command, transaction, commandID string) error {
	meta := domain.Meta{
		Caller: domain.Caller{Subject: domain.SystemSubject, Roles: []domain.ActorRole{domain.ActorSystem}},
		Now:    time.Date(2026, time.November, 21, 9, 0, 0, 0, time.UTC), Today: today(),
		ID: transaction, Reason: domain.Text{Clear: Reason},
	}
	decision, err := state.Decide(command, meta)
	if err != nil {
		return err
	}
	for i, fact := range decision.Facts {
		err := state.Apply(domain.Event{
			No: state.Last() + 1, TransactionID: transaction, Index: i, Count: len(decision.Facts), CommandID: commandID,
			Actor: domain.Actor{Subject: meta.Caller.Subject, Role: decision.Role}, RecordedAt: meta.Now,
			EffectiveOn: fact.Effective(), Reason: meta.Reason, Fact: fact,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func loaded(t *testing.T) *domain.State {
	t.Helper()
	state, err := whole()
	if err != nil {
		t.Fatal(err)
	}
	return state
}

func day(t *testing.T, text string) domain.Date {
	t.Helper()
	date, err := domain.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return date
}

func heldOn(s *domain.State, function domain.FunctionCode, footprint domain.FootprintCode, role domain.Role, on domain.Date) []domain.Held {
	return s.Holdings.At(domain.Remit{Subject: domain.Subject{Function: function}, Footprint: footprint, Role: role}, domain.Now(on))
}

// named writes holders as "X24", "X24 through Y56", or "?" for somebody undetermined.
func named(held []domain.Held) string {
	var names []string
	for _, h := range held {
		switch {
		case h.Undetermined:
			names = append(names, "?")
		case h.ActingThrough != "":
			names = append(names, string(h.Holder)+" through "+string(h.ActingThrough))
		default:
			names = append(names, string(h.Holder))
		}
	}
	return strings.Join(names, ", ")
}

func wantHolder(t *testing.T, function domain.FunctionCode, footprint domain.FootprintCode, role domain.Role, on, want string) {
	t.Helper()
	if got := named(heldOn(loaded(t), function, footprint, role, day(t, on))); got != want {
		t.Errorf("%s of %s in %s on %s: %q, want %q", role, function, footprint, on, got, want)
	}
}

func TestTheWholeLoadIsAccepted(t *testing.T) {
	began := time.Now()
	state := loaded(t)
	t.Logf("%d events, decided in %s", state.Last(), time.Since(began).Round(time.Millisecond))
}

func TestBodiesOfToday(t *testing.T) {
	count := make(map[domain.Tier]int)
	for _, body := range loaded(t).Organisations.Bodies(domain.Latest) {
		if body.IsOpen(domain.Now(today())) {
			count[body.Tier]++
		}
	}
	if count[domain.TierICB] != 36 || count[domain.TierRegional] != 7 {
		t.Errorf("%d ICBs and %d regions today, want 36 and 7", count[domain.TierICB], count[domain.TierRegional])
	}
	england, _ := loaded(t).Organisations.Body("X24", domain.Latest)
	for on, want := range map[string]string{"2022-06-30": "NHS Commissioning Board", "2022-07-01": "NHS England"} {
		if name, _ := england.Name.At(domain.Now(day(t, on))); name.Value != want {
			t.Errorf("X24 is called %q on %s, want %q", name.Value, on, want)
		}
	}
}

func TestContinuingHealthcareFollowsFrimley(t *testing.T) {
	const chc, accountable = domain.FunctionCode("continuing-healthcare"), domain.RoleAccountable
	wantHolder(t, chc, "D4U1Y", accountable, "2026-03-31", "QNQ")
	wantHolder(t, chc, "D4U1Y", accountable, "2026-04-01", "")
	wantHolder(t, chc, "U2G6B", accountable, "2026-03-31", "")
	wantHolder(t, chc, "U2G6B", accountable, "2026-04-01", "S0E4D")
	wantHolder(t, chc, "92A", accountable, "2026-03-31", "QXU")
	wantHolder(t, chc, "92A", accountable, "2026-04-01", "S9B9J")
	wantHolder(t, chc, "D9Y0V", accountable, "2026-04-01", "QRL")
	for on, want := range map[string]int{"2022-07-01": 42, "2026-03-31": 42, "2026-04-01": 36, "2026-11-21": 36} {
		holders := map[domain.OrganisationCode]bool{}
		for _, fp := range loaded(t).Organisations.Footprints(domain.Latest) {
			for _, h := range heldOn(loaded(t), chc, fp.Code, accountable, day(t, on)) {
				holders[h.Holder] = true
			}
		}
		if len(holders) != want {
			t.Errorf("%d ICBs are accountable for continuing healthcare on %s, want %d", len(holders), on, want)
		}
	}
}

func TestSplitICBsGoByLocation(t *testing.T) {
	for location, want := range map[domain.FootprintCode]string{
		"06K": "S1Y5D", "06N": "S1Y5D", "07H": "D7T5G", "06T": "D7T5G", "06L": "T6Y0W", "07K": "T6Y0W", "W2U3Z": "Z9B2Z",
	} {
		wantHolder(t, "safeguarding", location, domain.RoleExercising, "2026-04-01", want)
		wantHolder(t, "primary-medical-services", location, domain.RoleExercising, "2026-04-01", want)
		wantHolder(t, "primary-medical-services", location, domain.RoleAccountable, "2026-04-01", "X24")
	}
}

func TestEPRRBindsNHSEnglandAndTheICB(t *testing.T) {
	wantHolder(t, "eprr", "06H", domain.RoleAccountable, "2022-07-01", "QUE, X24")
	wantHolder(t, "eprr", "06H", domain.RoleAccountable, "2026-11-21", "S1Y5D, X24")
	wantHolder(t, "eprr", "06H", domain.RoleExercising, "2026-11-21", "S1Y5D")
	wantHolder(t, "eprr", "U2G6B", domain.RoleAccountable, "2026-11-21", "S0E4D, X24")
	wantHolder(t, "eprr", "92A", domain.RoleAccountable, "2026-11-21", "S9B9J, X24")
	wantHolder(t, "eprr", "D9Y0V", domain.RoleAccountable, "2026-11-21", "QRL, X24")
}

func TestSpecialisedServicesWereDelegatedInTwoSteps(t *testing.T) {
	const function, exercising = domain.FunctionCode("specialised-services"), domain.RoleExercising
	orgs := &loaded(t).Organisations
	expand := func(code domain.FootprintCode) []domain.FootprintCode {
		list, _ := orgs.Expand(domain.FunctionDetails{FootprintKind: domain.KindLocation}, code, domain.Now(day(t, "2025-04-01")))
		if len(list) == 0 {
			t.Fatalf("%s covers nothing", code)
		}
		return list
	}
	for _, location := range expand("QYG") {
		wantHolder(t, function, location, exercising, "2023-03-31", "X24")
		wantHolder(t, function, location, exercising, "2023-04-01", "?")
		wantHolder(t, function, location, exercising, "2024-03-31", "?")
		wantHolder(t, function, location, exercising, "2024-04-01", "QYG")
		wantHolder(t, function, location, domain.RoleAccountable, "2026-11-21", "X24")
		wantHolder(t, function, location, domain.RoleFunding, "2026-11-21", "QYG")
		wantHolder(t, function, location, domain.RoleDelivering, "2026-11-21", "X24")
	}
	for _, location := range expand("Y56") {
		wantHolder(t, function, location, exercising, "2025-03-31", "?")
		covering, _ := orgs.Footprint(location, domain.Latest)
		by, _ := covering.CoveredBy.At(domain.Now(day(t, "2025-04-01")))
		wantHolder(t, function, location, exercising, "2025-04-01", string(by.Value))
	}
}

func TestVaccinationWasPlannedThreeTimes(t *testing.T) {
	const function = domain.FunctionCode("vaccination-screening")
	wantHolder(t, function, "06H", domain.RoleAccountable, "2026-11-21", "SOS")
	wantHolder(t, function, "06H", domain.RoleExercising, "2026-11-21", "X24")
	var got []string
	for _, transfer := range loaded(t).Transfers.All(domain.Latest) {
		if transfer.Subject.Function == function {
			got = append(got, fmt.Sprintf("%s %s to %d", transfer.EffectiveOn, transfer.State, len(transfer.Moves)))
			if (transfer.State == domain.StateReplaced) != (transfer.ReplacedBy != "") {
				t.Errorf("the plan for %s is %s by %q", transfer.EffectiveOn, transfer.State, transfer.ReplacedBy)
			}
		}
	}
	want := []string{"2025-04-01 replaced to 42", "2026-04-01 replaced to 36", "2027-04-01 planned to 36"}
	if !slices.Equal(got, want) {
		t.Errorf("plans %q, want %q", got, want)
	}
	if planned := loaded(t).Organisations.Planned(domain.Latest); len(planned) != 9 {
		t.Errorf("%d planned reorganisations, want 9", len(planned))
	}
}

func TestProviderOversightWentToTheRegions(t *testing.T) {
	const function = domain.FunctionCode("provider-oversight")
	orgs := &loaded(t).Organisations
	trusts := 0
	for _, body := range orgs.Bodies(domain.Latest) {
		if body.Tier != domain.TierProvider || !body.IsOpen(domain.Now(today())) {
			continue
		}
		trusts++
		region, _ := orgs.RegionOf(body.Code, domain.Now(today()))
		code := domain.FootprintCode(body.Code)
		wantHolder(t, function, code, domain.RoleExercising, "2026-11-21", "X24 through "+string(region))
		wantHolder(t, function, code, domain.RoleDelivering, "2026-11-21", string(region))
		wantHolder(t, function, code, domain.RoleAccountable, "2026-11-21", "X24")
		for _, h := range heldOn(loaded(t), function, code, domain.RoleExercising, today()) {
			if h.Confidence != domain.ConfidenceAssumed {
				t.Errorf("oversight of %s is %s, want assumed", code, h.Confidence)
			}
		}
	}
	if trusts < 190 {
		t.Errorf("only %d trusts are open", trusts)
	}
	wantHolder(t, function, "RDU", domain.RoleExercising, "2025-09-30", "QNQ")
	wantHolder(t, function, "RDU", domain.RoleExercising, "2025-10-01", "X24 through Y59")
}

func TestLaterBodiesBeginWithWhatWasInForce(t *testing.T) {
	wantHolder(t, "provider-oversight", "G6V2S", domain.RoleExercising, "2024-10-31", "")
	wantHolder(t, "provider-oversight", "G6V2S", domain.RoleExercising, "2024-11-01", "QMJ")
	wantHolder(t, "provider-oversight", "G6V2S", domain.RoleExercising, "2025-10-01", "X24 through Y56")
	wantHolder(t, "provider-oversight", "RRP", domain.RoleExercising, "2024-11-01", "")
	wantHolder(t, "care-delivery", "G6V2S", domain.RoleAccountable, "2024-11-01", "G6V2S")
	wantHolder(t, "provider-oversight", "K0N6A", domain.RoleAccountable, "2026-06-01", "X24")
	wantHolder(t, "provider-oversight", "K0N6A", domain.RoleExercising, "2026-06-01", "X24 through Y56")
	wantHolder(t, "provider-oversight", "K0N6A", domain.RoleDelivering, "2026-06-01", "Y56")
	wantHolder(t, "board-governance", "S0E4D", domain.RoleAccountable, "2026-04-01", "S0E4D")
	wantHolder(t, "board-capability", "S0E4D", domain.RoleExercising, "2026-04-01", "X24 through Y59")
	wantHolder(t, "board-governance", "QNQ", domain.RoleAccountable, "2026-03-31", "QNQ")
	wantHolder(t, "board-governance", "QNQ", domain.RoleAccountable, "2026-04-01", "")
}

// Nothing that has ended holds a remit, acts for a holder, or is what a remit is for.
func TestNothingClosedHoldsARemit(t *testing.T) {
	state := loaded(t)
	for _, on := range []domain.Date{day(t, "2026-04-01"), today()} {
		a := domain.Now(on)
		for _, remit := range state.Holdings.Remits() {
			for _, h := range state.Holdings.At(remit, a) {
				wantOpen(t, state, h, a)
			}
		}
	}
}

func wantOpen(t *testing.T, state *domain.State, h domain.Held, a domain.AsOf) {
	t.Helper()
	fn, _ := state.Functions.Get(h.Remit.Subject.Function, domain.Latest)
	if !state.Organisations.FootprintOpen(fn.Details, h.Remit.Footprint, a) {
		t.Errorf("on %s %s holds %v, whose footprint is closed", a.On, h.Named(), h.Remit)
	}
	for _, code := range []domain.OrganisationCode{h.Holder, h.ActingThrough} {
		if body, known := state.Organisations.Body(code, domain.Latest); code != "" && (!known || !body.IsOpen(a)) {
			t.Errorf("on %s %s, which is closed, holds %v", a.On, code, h.Remit)
		}
	}
}

// changeDates lists the days since the baseline on which bodies or holders changed, the day before the greatest change,
// and today.
func changeDates(t *testing.T) []domain.Date {
	t.Helper()
	dates := []domain.Date{day(t, "2022-07-01"), day(t, "2026-03-31"), today()}
	for _, step := range stepsOf(t, 0) {
		if step.EffectiveOn > dates[0] && !step.Plan {
			dates = append(dates, step.EffectiveOn)
		}
	}
	slices.Sort(dates)
	return slices.Compact(dates)
}

// The boards of England cover everybody, on each basis, before and after the reorganisation of 2026.
func TestPopulationsAddUp(t *testing.T) {
	for _, on := range []string{"2022-07-01", "2026-11-21"} {
		sum := make(map[domain.PopulationBasis]int64)
		for _, p := range loaded(t).Programme.Populations() {
			body, _ := loaded(t).Organisations.Body(p.Organisation, domain.Latest)
			newest := true
			for _, other := range loaded(t).Programme.Populations() {
				later := other.Organisation == p.Organisation && other.Basis == p.Basis && other.EffectiveOn > p.EffectiveOn
				newest = newest && (!later || other.EffectiveOn > day(t, on))
			}
			if p.EffectiveOn <= day(t, on) && newest && body.IsOpen(domain.Now(day(t, on))) {
				sum[p.Basis] += p.Count
			}
		}
		for basis, want := range map[domain.PopulationBasis]int64{domain.PopulationResident: 57_106_398, domain.PopulationRegistered: 63_760_000} {
			if diff := sum[basis] - want; diff > want/100 || diff < -want/100 {
				t.Errorf("on %s the boards cover %d people (%s), want about %d", on, sum[basis], basis, want)
			}
		}
	}
}
