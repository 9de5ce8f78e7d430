package main

import (
	"fmt"
	"strings"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// lifeFields shows what else there is to a transfer, each in a line.
func lifeFields(s *sheet, t *remitv1.Transfer) {
	for _, r := range t.GetResults() {
		s.field("results in", subjectText(r.GetFunction(), r.GetPart())+" "+summary(r.GetFootprints(), 6))
	}
	s.field("residue", word(t.GetResidue()))
	for _, o := range t.GetOptions() {
		s.field("option", o.GetCode()+": "+strings.TrimSpace(o.GetReceiver()+" "+o.GetDescription()))
	}
	s.field("option chosen", t.GetChosen())
	s.field("paused in", word(t.GetPausedIn()))
	s.field("takes back", t.GetReverses())
	s.field("taken back by", t.GetReversedBy())
	s.field("in packages", joinWords(t.GetPackageIds()))
	if notice := t.GetNotice(); notice != nil {
		s.field("by notice", fmt.Sprintf("sign %s; %d working days", strings.Join(notice.GetStatements(), ", "), notice.GetWorkingDays()))
	}
}

// lifeSheet shows the steps of carrying a transfer out, and what it came to.
func lifeSheet(s *sheet, t *remitv1.Transfer) {
	if len(t.GetMilestones()) > 0 {
		s.title("Milestones")
		rows(s, t.GetMilestones(), []column[*remitv1.Milestone]{
			{"step", func(m *remitv1.Milestone) string { return word(m.GetKind()) }},
			{"in", func(m *remitv1.Milestone) string { return firstOf(summary(m.GetFootprints(), 6), "(all)") }},
			{"planned", (*remitv1.Milestone).GetPlannedOn},
			{"done", (*remitv1.Milestone).GetActualOn},
		})
	}
	for _, review := range t.GetReviews() {
		s.title("Review of %s", review.GetReviewedOn())
		s.field("conclusion", review.GetConclusion())
		rows(s, review.GetOutcomes(), []column[*remitv1.Outcome]{
			{"metric", (*remitv1.Outcome).GetMetric},
			{"unit", (*remitv1.Outcome).GetUnit},
			{"baseline", (*remitv1.Outcome).GetBaseline},
			{"target", (*remitv1.Outcome).GetTarget},
			{"actual", (*remitv1.Outcome).GetActual},
		})
	}
}
