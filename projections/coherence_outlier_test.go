package projections_test

import (
	"fmt"
	"testing"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
)

// peers is a log in which as many boards as asked for exercise a function for their one location, since dates a day
// apart.
func peers(t *testing.T, count int) (*journal, []domain.FootprintCode) {
	t.Helper()
	opened := date(t, "2024-01-01")
	j := newJournal()
	j.commit(established("Y61", domain.TierRegional, opened), established("RGT", domain.TierProvider, opened))
	j.commit(domain.FunctionDefined{Code: "send", Details: domain.FunctionDetails{Name: "SEND", FootprintKind: domain.KindLocation}})
	var locations []domain.FootprintCode
	for i := range count {
		board, location := domain.OrganisationCode(fmt.Sprintf("Q%02d", i)), domain.FootprintCode(fmt.Sprintf("L%02d", i))
		j.commit(established(board, domain.TierICB, opened),
			domain.FootprintOpened{Code: location, Kind: domain.KindLocation, EffectiveOn: opened},
			domain.CoverageChanged{Footprints: []domain.FootprintCode{location}, Organisation: board, EffectiveOn: opened})
		j.commit(allocated("send", opened.AddDays(i), domain.Holding{Holder: board}, []domain.FootprintCode{location}, domain.RoleExercising))
		locations = append(locations, location)
	}
	return j, locations
}

func TestOutlierDiffersFromNearlyAllItsPeers(t *testing.T) {
	j, locations := peers(t, 20)
	none(t, j.views(t), "2025-01-01", projections.FindingOutlier)
	region := domain.Holding{Holder: "Y61"}
	moved := j.commit(allocated("send", date(t, "2024-06-01"), region, locations[:1], domain.RoleExercising))
	v := j.views(t)
	none(t, v, "2024-05-31", projections.FindingOutlier)
	wantFinding(t, only(t, v, "2025-01-01", projections.FindingOutlier), projections.Finding{
		Kind: projections.FindingOutlier, Severity: projections.SeverityLow, Function: "send", Organisation: "Q00",
		Footprints: locations[:1], Since: date(t, "2024-06-01"), CauseEvents: []domain.EventNo{moved},
	}, "exercising is a body of the tier regional; for 19 of 20 of the tier icb it is itself")

	// Two of twenty are nine in ten on the other side still; three are not.
	j.commit(allocated("send", date(t, "2024-07-01"), region, locations[1:2], domain.RoleExercising))
	if found := coherence(t, j.views(t), "2025-01-01", projections.FindingOutlier); len(found) != 2 {
		t.Errorf("with two that differ found %+v", found)
	}
	j.commit(allocated("send", date(t, "2024-07-01"), domain.Holding{Holder: "RGT"}, locations[2:3], domain.RoleExercising))
	none(t, j.views(t), "2025-01-01", projections.FindingOutlier)
}

// What its peers changed makes an outlier of a body that did not change, from when nearly all of them had.
func TestOutlierIsWhoStaysBehind(t *testing.T) {
	j, locations := peers(t, 10)
	held := domain.EventNo(len(j.events))
	for i, location := range locations[:9] {
		j.commit(allocated("send", date(t, "2025-01-01").AddDays(i), domain.Holding{Holder: "Y61"}, []domain.FootprintCode{location}, domain.RoleExercising))
	}
	v := j.views(t)
	none(t, v, "2025-01-08", projections.FindingOutlier)
	wantFinding(t, only(t, v, "2025-01-09", projections.FindingOutlier), projections.Finding{
		Kind: projections.FindingOutlier, Severity: projections.SeverityLow, Function: "send", Organisation: "Q09",
		Footprints: locations[9:], Since: date(t, "2025-01-09"), CauseEvents: []domain.EventNo{held},
	}, "exercising is itself; for 9 of 10")
}

// Few peers have no usual way; what nobody holds is a gap, and what is undetermined is found as that.
func TestOutlierNeedsPeersAndAHolder(t *testing.T) {
	few, locations := peers(t, 9)
	few.commit(allocated("send", date(t, "2024-06-01"), domain.Holding{Holder: "Y61"}, locations[:1], domain.RoleExercising))
	none(t, few.views(t), "2025-01-01", projections.FindingOutlier)
	j, locations := peers(t, 20)
	j.commit(allocated("send", date(t, "2024-06-01"), domain.Holding{Undetermined: true}, locations[:1], domain.RoleExercising))
	ended := domain.HoldingChange{
		On: date(t, "2024-06-01"), Subjects: []domain.Subject{{Function: "send"}}, Footprints: locations[1:2],
		Roles: []domain.Role{domain.RoleExercising},
	}
	j.commit(domain.FunctionAllocated{Function: "send", EffectiveOn: ended.On, Changes: []domain.HoldingChange{ended}})
	none(t, j.views(t), "2025-01-01", projections.FindingOutlier)
}

// Where boards of the reference register differ, too many do for any of them to stand out: of the early adopters of a
// delegation there are nine.
func TestNoBoardOfTheReferenceRegisterStandsOut(t *testing.T) {
	for _, on := range []string{"2023-06-01", "2025-06-01", "2026-11-21"} {
		none(t, referenceViews(t), on, projections.FindingOutlier)
	}
}
