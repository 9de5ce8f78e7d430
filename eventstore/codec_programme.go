package eventstore

import "github.com/remit-register/remit/domain"

// programmeFacts visits the fact if it is one of these.
func programmeFacts(c *coder, f *domain.Fact) {
	oneof(c, 341, f, populationRecorded)
	oneof(c, 342, f, costRecorded)
	oneof(c, 343, f, committeeFormed)
	oneof(c, 344, f, committeeChanged)
	oneof(c, 345, f, adviceRecorded)
	oneof(c, 346, f, planReturnSubmitted)
	oneof(c, 347, f, planReturnModerated)
}

func populationRecorded(c *coder, v *domain.PopulationRecorded) {
	text(c, 1, &v.Organisation)
	text(c, 2, &v.Basis)
	number(c, 3, &v.Year)
	number(c, 4, &v.Count)
	date(c, 5, &v.EffectiveOn)
	text(c, 6, &v.Confidence)
	text(c, 7, &v.Source)
}

func costRecorded(c *coder, v *domain.CostRecorded) {
	text(c, 1, &v.ID)
	text(c, 2, &v.Organisation)
	text(c, 3, &v.Function)
	text(c, 4, &v.Transfer)
	text(c, 5, &v.Class)
	truth(c, 6, &v.Recurrent)
	truth(c, 7, &v.Excluded)
	signed(c, 8, &v.Pounds)
	text(c, 9, &v.Year)
	text(c, 10, &v.Base)
	text(c, 11, &v.Source)
}

func committeeFormed(c *coder, v *domain.CommitteeFormed) {
	text(c, 1, &v.ID)
	text(c, 2, &v.Name)
	texts(c, 3, &v.Bodies)
	one(c, 4, &v.Terms, committeeTerms)
}

func committeeTerms(c *coder, v *domain.CommitteeTerms) {
	number(c, 1, &v.Executive)
	number(c, 2, &v.NonExecutive)
	number(c, 3, &v.Quorum)
	number(c, 4, &v.QuorumNonExecutive)
	truth(c, 5, &v.EveryBody)
}

func committeeChanged(c *coder, v *domain.CommitteeChanged) {
	text(c, 1, &v.ID)
	one(c, 2, &v.Terms, committeeTerms)
	truth(c, 3, &v.Dissolved)
}

func adviceRecorded(c *coder, v *domain.AdviceRecorded) {
	text(c, 1, &v.ID)
	text(c, 2, &v.Committee)
	text(c, 3, &v.Transfer)
	date(c, 4, &v.MeetingOn)
	text(c, 5, &v.MinuteRef)
	one(c, 6, &v.Attendance, attendance)
	truth(c, 7, &v.Quorate)
	text(c, 8, &v.Advice)
	sealed(c, 9, &v.Text)
}

func attendance(c *coder, v *domain.Attendance) {
	number(c, 1, &v.Executive)
	number(c, 2, &v.NonExecutive)
	texts(c, 3, &v.Bodies)
}

func planReturnSubmitted(c *coder, v *domain.PlanReturnSubmitted) {
	text(c, 1, &v.ID)
	text(c, 2, &v.Organisation)
	text(c, 3, &v.Period)
	sealed(c, 4, &v.Summary)
	many(c, 5, &v.Evidence, evidence)
}

func planReturnModerated(c *coder, v *domain.PlanReturnModerated) {
	text(c, 1, &v.ID)
	text(c, 2, &v.By)
	text(c, 3, &v.Result)
	sealed(c, 4, &v.Comment)
}
