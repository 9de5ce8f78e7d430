package main

import (
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) transferShow() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "show ID",
		Short:   "A transfer or an announcement with all that was assessed, decided and demanded",
		Example: `  remit transfer show 01KABCDEFGHJKMNPQRSTVWXYZ0`,
		Args:    cobra.ExactArgs(1),
	}
	asOf := a.asOf(cmd)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		at, err := asOf.value()
		if err != nil {
			return err
		}
		c, err := a.client()
		if err != nil {
			return err
		}
		answer, err := c.transfers().GetTransfer(cmd.Context(), &remitv1.GetTransferRequest{AsOf: at, TransferId: args[0]})
		if err != nil {
			return err
		}
		t := answer.GetTransfer()
		return object(a, answer, t, transferColumns(), func(s *sheet) {
			transferSheet(s, t)
			gatewaySheet(s, t.GetGateways())
			assessmentSheet(s, t.GetAssessments())
			if len(t.GetConditions()) > 0 {
				s.title("Conditions")
				rows(s, t.GetConditions(), conditionColumns())
			}
			lifeSheet(s, t)
		})
	})
	return cmd
}

func transferSheet(s *sheet, t *remitv1.Transfer) {
	s.title("Transfer %s: %s", t.GetTransferId(), word(t.GetState()))
	s.field("function", subjectText(t.GetFunction(), t.GetPart()))
	s.field("route", word(t.GetKind())+unless(t.GetInstrument() == "", " under "+t.GetInstrument()))
	s.field("from", t.GetSender())
	if len(t.GetMoves()) > 1 {
		for _, move := range t.GetMoves() {
			s.field("to", move.GetReceiver()+" in "+joinWords(move.GetFootprints()))
		}
	} else {
		s.field("to", t.GetReceiver())
		s.field("in", joinWords(t.GetFootprints()))
	}
	s.field("roles", wordsOf(t.GetRoles()))
	s.field("proposed for", t.GetEffectiveOn())
	s.field("scheduled for", t.GetScheduledOn())
	s.field("completed from", t.GetCompletedOn())
	for _, r := range t.GetRetained() {
		s.field("stays behind", strings.TrimSpace(word(r.GetRole())+" "+r.GetPart()+" "+r.GetHolder()+" "+r.GetDescription()))
	}
	s.field("rationale", t.GetRationale())
	s.field("framework", t.GetFramework())
	s.field("confidence", word(t.GetConfidence()))
	s.field("source", t.GetSource())
	s.field("carries out", t.GetPlan())
	s.field("replaces", t.GetReplaces())
	s.field("replaced by", t.GetReplacedBy())
	lifeFields(s, t)
	s.field("revision", t.GetRevision())
	termsSheet(s, "Terms", t.GetTerms())
}

func termsSheet(s *sheet, title string, terms *remitv1.Terms) {
	if proto.Size(terms) == 0 {
		return
	}
	s.title("%s", title)
	s.field("reserved", terms.GetReserved())
	s.field("limits", terms.GetLimits())
	s.field("liability", terms.GetLiability())
	s.field("notice", terms.GetNotice())
	s.field("review on", terms.GetReviewOn())
	s.field("ends on", terms.GetEndsOn())
	s.field("onward", unless(!terms.GetOnwardPermitted(), "may be delegated further"))
	s.field("agreement", terms.GetAgreementRef())
	carriedSheet(s, terms)
}

func gatewaySheet(s *sheet, gateways []*remitv1.Gateway) {
	if len(gateways) == 0 {
		return
	}
	s.title("Gateways")
	rows(s, gateways, []column[*remitv1.Gateway]{
		{"gateway", (*remitv1.Gateway).GetCode},
		{"decided by", func(g *remitv1.Gateway) string { return g.GetRole() + " of " + g.GetDecider() }},
		{"passed", func(g *remitv1.Gateway) string { return yes(g.GetPassed()) }},
		{"last decision", func(g *remitv1.Gateway) string {
			if len(g.GetDecisions()) == 0 {
				return ""
			}
			last := g.GetDecisions()[len(g.GetDecisions())-1]
			return word(last.GetDecision()) + " on " + last.GetDecidedOn()
		}},
		{"opinions", func(g *remitv1.Gateway) string { return opinionsText(g) }},
		{"note", func(g *remitv1.Gateway) string { return unless(!g.GetSameLegalPerson(), "same legal person") }},
	})
}

// opinionsText lists the opinions given at a gateway, ahead of its decisions and with them.
func opinionsText(g *remitv1.Gateway) string {
	var texts []string
	add := func(o *remitv1.GatewayOpinion) { texts = append(texts, o.GetBy()+" "+word(o.GetOpinion())) }
	for _, o := range g.GetOpinions() {
		add(o.GetOpinion())
	}
	for _, d := range g.GetDecisions() {
		for _, o := range d.GetOpinions() {
			add(o)
		}
	}
	if len(texts) == 0 && g.GetOpinionRequired() {
		return "(one is needed)"
	}
	return strings.Join(texts, ", ")
}

func assessmentSheet(s *sheet, assessments []*remitv1.Assessment) {
	if len(assessments) == 0 {
		return
	}
	s.title("Assessments")
	rows(s, assessments, []column[*remitv1.Assessment]{
		{"party", func(a *remitv1.Assessment) string { return word(a.GetParty()) }},
		{"by", (*remitv1.Assessment).GetOrganisation},
		{"current", func(a *remitv1.Assessment) string { return yes(a.GetCurrent()) }},
		{"ratings", func(a *remitv1.Assessment) string {
			var texts []string
			for _, r := range a.GetRatings() {
				texts = append(texts, r.GetDomain()+" "+r.GetRating())
			}
			return strings.Join(texts, ", ")
		}},
		{"event", (*remitv1.Assessment).GetPosition},
	})
}

func conditionColumns() []column[*remitv1.Condition] {
	return []column[*remitv1.Condition]{
		{"condition", (*remitv1.Condition).GetConditionId},
		{"state", func(c *remitv1.Condition) string { return word(c.GetState()) }},
		{"timing", func(c *remitv1.Condition) string { return word(c.GetTiming()) }},
		{"owner", (*remitv1.Condition).GetOwner},
		{"due", (*remitv1.Condition).GetDueOn},
		{"set by", func(c *remitv1.Condition) string { return c.GetSetBy() + " at " + c.GetGateway() }},
		{"description", (*remitv1.Condition).GetDescription},
		{"note", func(c *remitv1.Condition) string { return unless(!c.GetSameLegalPerson(), "same legal person") }},
	}
}

func (a *app) transferList() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Transfers and announcements, in the order of their making",
		Example: `  remit transfer list --state proposed,assessing,approved,scheduled
  remit transfer list --state planned --function vaccination-screening
  remit transfer list --org S1Y5D -o csv`,
		Args: cobra.NoArgs,
	}
	asOf := a.asOf(cmd)
	states := wordsVar[remitv1.TransferState](cmd, "state", "only in these states")
	functions := codesVar(cmd, "function", "only of these functions (`CODES`)")
	flags := cmd.Flags()
	organisation := flags.String("org", "", "only with the body `CODE` as sender or receiver")
	from := flags.String("from", "", "only with the body `CODE` as sender")
	to := flags.String("to", "", "only with the body `CODE` as receiver")
	dueFrom := a.dateVar(cmd, "due-from", "only those due on or after this date")
	dueUntil := a.dateVar(cmd, "due-until", "only those due on or before this date")
	limit := limitVar(cmd, 0)
	cmd.RunE = a.do(func(cmd *cobra.Command, _ []string) error {
		at, err := asOf.value()
		if err != nil {
			return err
		}
		return a.showTransfers(cmd, &remitv1.ListTransfersRequest{
			AsOf: at, PageSize: listPage, States: states.values, Functions: *functions, Organisation: *organisation,
			Sender: *from, Receiver: *to, DueFrom: dueFrom.text, DueUntil: dueUntil.text,
		}, *limit)
	})
	return cmd
}

func (a *app) showTransfers(cmd *cobra.Command, request *remitv1.ListTransfersRequest, limit int) error {
	return pages[*remitv1.ListTransfersResponse, *remitv1.Transfer]{
		ask: func(c *client, token string) (*remitv1.ListTransfersResponse, error) {
			request.PageToken = token
			return c.transfers().ListTransfers(cmd.Context(), request)
		},
		items: (*remitv1.ListTransfersResponse).GetTransfers,
		keep: func(r *remitv1.ListTransfersResponse, all []*remitv1.Transfer) {
			r.Transfers, r.NextPageToken = all, ""
		},
		columns: transferColumns(),
	}.show(a, limit)
}

func transferColumns() []column[*remitv1.Transfer] {
	return []column[*remitv1.Transfer]{
		{"transfer", (*remitv1.Transfer).GetTransferId},
		{"state", func(t *remitv1.Transfer) string { return word(t.GetState()) }},
		{"function", func(t *remitv1.Transfer) string { return subjectText(t.GetFunction(), t.GetPart()) }},
		{"route", func(t *remitv1.Transfer) string { return word(t.GetKind()) }},
		{"from", (*remitv1.Transfer).GetSender},
		{"to", func(t *remitv1.Transfer) string { return receiversText(t) }},
		{"in", func(t *remitv1.Transfer) string { return summary(t.GetFootprints(), 4) }},
		{"roles", func(t *remitv1.Transfer) string { return wordsOf(t.GetRoles()) }},
		{"on", func(t *remitv1.Transfer) string {
			return firstOf(t.GetCompletedOn(), t.GetScheduledOn(), t.GetEffectiveOn())
		}},
		{"revision", (*remitv1.Transfer).GetRevision},
	}
}

func receiversText(t *remitv1.Transfer) string {
	if t.GetReceiver() != "" {
		return t.GetReceiver()
	}
	if len(t.GetMoves()) > 3 {
		return plural(len(t.GetMoves()), "receiver")
	}
	var codes []string
	for _, move := range t.GetMoves() {
		codes = append(codes, move.GetReceiver())
	}
	return joinWords(codes)
}

// firstOf returns the first text that is not empty.
func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
