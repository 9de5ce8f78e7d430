package main

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) readiness() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "readiness [TRANSFER]",
		Short: "How ready transfers are: ratings of both parties, gateways, conditions, and who has to act next",
		Long: `How ready transfers are, as of a date and as known at a time: for each domain what the sender and the receiver say, and
whether it still counts; which gateways are passed, which are outstanding and who decides them; conditions, milestones and
risks; and what is to be done next, by whom. With the id of a transfer, all of it; without, a line for each transfer, or
for each package of transfers, or for each function that is to be reviewed for transfer and has no receiver.`,
		Example: `  remit readiness --org Y61
  remit readiness --org Y61 --packages
  remit readiness --without-receiver
  remit readiness --function eprr --on 2027-04-01
  remit readiness 01KABCDEFGHJKMNPQRSTVWXYZ0`,
		Args: cobra.MaximumNArgs(1),
	}
	asOf := a.asOf(cmd)
	organisations := codesVar(cmd, "org", "only what these bodies send, receive or decide; a region with its bodies (`CODES`)")
	functions := codesVar(cmd, "function", "only these functions (`CODES`)")
	limit := limitVar(cmd, 0)
	byPackage := cmd.Flags().Bool("packages", false, "a line for each package of transfers")
	without := cmd.Flags().Bool("without-receiver", false, "a line for each function that has no receiver")
	cmd.MarkFlagsMutuallyExclusive("packages", "without-receiver")
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		at, err := asOf.value()
		if err != nil {
			return err
		}
		request := &remitv1.GetReadinessRequest{AsOf: at, Organisations: *organisations, Functions: *functions}
		switch {
		case len(args) == 1 && (*byPackage || *without):
			return usagef("one transfer is asked about: leave out its id, or --packages and --without-receiver")
		case len(args) == 1:
			request.TransferId = args[0]
			return a.showReady(cmd.Context(), request)
		case *byPackage || *without:
			return a.showReadyAround(cmd.Context(), request, *byPackage)
		}
		return a.listReady(cmd.Context(), request, *limit)
	})
	return cmd
}

func (a *app) listReady(ctx context.Context, request *remitv1.GetReadinessRequest, limit int) error {
	return pages[*remitv1.GetReadinessResponse, *remitv1.TransferReadiness]{
		ask: func(c *client, token string) (*remitv1.GetReadinessResponse, error) {
			request.PageToken = token
			return c.programme().GetReadiness(ctx, request)
		},
		items: (*remitv1.GetReadinessResponse).GetTransfers,
		keep: func(r *remitv1.GetReadinessResponse, all []*remitv1.TransferReadiness) {
			r.Transfers, r.NextPageToken = all, ""
		},
		columns: []column[*remitv1.TransferReadiness]{
			{"transfer", (*remitv1.TransferReadiness).GetTransferId},
			{"package", func(r *remitv1.TransferReadiness) string { return joinWords(r.GetPackageIds()) }},
			{"state", func(r *remitv1.TransferReadiness) string { return word(r.GetState()) }},
			{"function", (*remitv1.TransferReadiness).GetFunction},
			{"from", (*remitv1.TransferReadiness).GetSender},
			{"to", func(r *remitv1.TransferReadiness) string { return summaryOf(r.GetReceivers(), 4, "bodies") }},
			{"due", (*remitv1.TransferReadiness).GetDueOn},
			{"sender says", func(r *remitv1.TransferReadiness) string { return ratingsText(r.GetSenderReadiness()) }},
			{"receiver says", func(r *remitv1.TransferReadiness) string { return ratingsText(r.GetReceiverReadiness()) }},
			{"gateways", gatewaysText},
			{"conditions open", openConditionsText},
			{"next", func(r *remitv1.TransferReadiness) string { return nextText(r.GetTasks()) }},
		},
	}.show(a, limit)
}

// ratingsText counts a party's ratings, and says when they do not count.
func ratingsText(r *remitv1.PartyReadiness) string {
	if r.GetFreshness() == remitv1.Freshness_FRESHNESS_MISSING {
		return ""
	}
	counts := map[string]int{}
	for _, rating := range r.GetRatings() {
		counts[rating.GetRating()]++
	}
	var words []string
	for _, name := range []string{"green", "amber", "red", "not_applicable"} {
		if counts[name] > 0 {
			words = append(words, strconv.Itoa(counts[name])+" "+name)
		}
	}
	return strings.Join(words, ", ") + unless(r.GetFreshness() == remitv1.Freshness_FRESHNESS_FRESH, " ("+word(r.GetFreshness())+")")
}

func gatewaysText(r *remitv1.TransferReadiness) string {
	passed := 0
	var waiting []string
	for _, g := range r.GetGateways() {
		if g.GetPassed() {
			passed++
			continue
		}
		waiting = append(waiting, g.GetCode()+" ("+g.GetDecider()+")")
	}
	if len(r.GetGateways()) == 0 {
		return ""
	}
	return strconv.Itoa(passed) + " of " + strconv.Itoa(len(r.GetGateways())) +
		unless(len(waiting) == 0, "; outstanding: "+strings.Join(waiting, ", "))
}

func openConditionsText(r *remitv1.TransferReadiness) string {
	var texts []string
	for _, c := range r.GetConditions() {
		if c.GetOpen() {
			texts = append(texts, c.GetCondition().GetConditionId()+" due "+c.GetCondition().GetDueOn()+unless(!c.GetOverdue(), " overdue"))
		}
	}
	return strings.Join(texts, ", ")
}

func nextText(tasks []*remitv1.Task) string {
	if len(tasks) == 0 {
		return ""
	}
	first := tasks[0]
	return word(first.GetKind()) + ": " + first.GetOrganisation() + " " + first.GetRole() + unless(first.GetDueOn() == "", " by "+first.GetDueOn()) +
		unless(len(tasks) == 1, ", and "+strconv.Itoa(len(tasks)-1)+" more")
}

// showReadyAround shows packages, or else functions that have no receiver.
func (a *app) showReadyAround(ctx context.Context, request *remitv1.GetReadinessRequest, byPackage bool) error {
	request.PageSize = 1
	answer, err := asked(ctx, a, request,
		func(c *client) func(context.Context, *remitv1.GetReadinessRequest) (*remitv1.GetReadinessResponse, error) {
			return c.programme().GetReadiness
		})
	if err != nil {
		return err
	}
	answer.Transfers, answer.NextPageToken = nil, ""
	if a.format == formatTable && (byPackage && len(answer.GetPackages()) == 0 || !byPackage && len(answer.GetFunctionsWithoutReceiver()) == 0) {
		a.say("There is nothing to show.")
	}
	if byPackage {
		return list(a, answer, answer.GetPackages(), packageReadyColumns())
	}
	return list(a, answer, answer.GetFunctionsWithoutReceiver(), withoutReceiverColumns())
}

func packageReadyColumns() []column[*remitv1.PackageReadiness] {
	return []column[*remitv1.PackageReadiness]{
		{"package", (*remitv1.PackageReadiness).GetPackageId},
		{"name", (*remitv1.PackageReadiness).GetName},
		{"transfers", func(p *remitv1.PackageReadiness) string { return strconv.Itoa(int(p.GetTransfers())) }},
		{"stages", func(p *remitv1.PackageReadiness) string {
			var texts []string
			for _, stage := range p.GetStages() {
				texts = append(texts, strconv.Itoa(int(stage.GetTransfers()))+" "+word(stage.GetState()))
			}
			return strings.Join(texts, ", ")
		}},
		{"gateways passed", func(p *remitv1.PackageReadiness) string {
			var texts []string
			for _, g := range p.GetGateways() {
				texts = append(texts, g.GetCode()+" "+strconv.Itoa(int(g.GetPassed()))+" of "+strconv.Itoa(int(g.GetTransfers())))
			}
			return strings.Join(texts, ", ")
		}},
		{"due", func(p *remitv1.PackageReadiness) string {
			return p.GetDueFrom() + unless(p.GetDueFrom() == p.GetDueUntil(), " to "+p.GetDueUntil())
		}},
		{"conditions open", func(p *remitv1.PackageReadiness) string { return strconv.Itoa(int(p.GetOpenConditions())) }},
		{"overdue", func(p *remitv1.PackageReadiness) string { return strconv.Itoa(int(p.GetOverdueConditions())) }},
	}
}

func withoutReceiverColumns() []column[*remitv1.FunctionWithoutReceiver] {
	return []column[*remitv1.FunctionWithoutReceiver]{
		{"function", (*remitv1.FunctionWithoutReceiver).GetFunction},
		{"bodies", func(f *remitv1.FunctionWithoutReceiver) string { return strconv.Itoa(len(f.GetOrganisations())) }},
		{"footprints", func(f *remitv1.FunctionWithoutReceiver) string { return strconv.Itoa(int(f.GetFootprints())) }},
		{"exploring", func(f *remitv1.FunctionWithoutReceiver) string { return summaryOf(f.GetExploring(), 2, "transfers") }},
		{"what", (*remitv1.FunctionWithoutReceiver).GetMessage},
		{"remedy", (*remitv1.FunctionWithoutReceiver).GetRemedy},
	}
}

func (a *app) showReady(ctx context.Context, request *remitv1.GetReadinessRequest) error {
	answer, err := asked(ctx, a, request,
		func(c *client) func(context.Context, *remitv1.GetReadinessRequest) (*remitv1.GetReadinessResponse, error) {
			return c.programme().GetReadiness
		})
	if err != nil {
		return err
	}
	if a.format != formatTable || len(answer.GetTransfers()) == 0 {
		return list(a, answer, answer.GetTransfers(), []column[*remitv1.TransferReadiness]{
			{"transfer", (*remitv1.TransferReadiness).GetTransferId}, {"gateways", gatewaysText},
		})
	}
	r := answer.GetTransfers()[0]
	s := newSheet(a)
	s.title("%s of %s from %s to %s", r.GetTransferId(), r.GetFunction(), r.GetSender(), summaryOf(r.GetReceivers(), 4, "bodies"))
	s.field("state", word(r.GetState()))
	s.field("due", r.GetDueOn())
	s.field("sender", r.GetSenderReadiness().GetWhy())
	s.field("receiver", r.GetReceiverReadiness().GetWhy())
	s.field("conditions", openConditionsText(r))
	s.title("Domains")
	rows(s, sideBySide(r), sideColumns())
	s.title("Gateways")
	rows(s, r.GetGateways(), []column[*remitv1.Gateway]{
		{"gateway", (*remitv1.Gateway).GetCode},
		{"decides", (*remitv1.Gateway).GetDecider},
		{"role", (*remitv1.Gateway).GetRole},
		{"passed", func(g *remitv1.Gateway) string { return yes(g.GetPassed()) }},
	})
	s.title("What is to be done")
	rows(s, r.GetTasks(), taskColumns())
	return s.print()
}

// side is what both parties say of one domain.
type side struct{ sender, receiver *remitv1.RatingReadiness }

func sideBySide(r *remitv1.TransferReadiness) []side {
	var sides []side
	for i, rating := range r.GetSenderReadiness().GetRatings() {
		sides = append(sides, side{rating, r.GetReceiverReadiness().GetRatings()[i]})
	}
	return sides
}

func sideColumns() []column[side] {
	says := func(r *remitv1.RatingReadiness) string {
		return r.GetRating() + unless(r.GetFreshness() == remitv1.Freshness_FRESHNESS_FRESH, " ("+word(r.GetFreshness())+")") +
			unless(r.GetExpiresOn() == "", ", evidence until "+r.GetExpiresOn())
	}
	return []column[side]{
		{"domain", func(s side) string { return s.sender.GetDomain() }},
		{"sender", func(s side) string { return says(s.sender) }},
		{"receiver", func(s side) string { return says(s.receiver) }},
	}
}

func taskColumns() []column[*remitv1.Task] {
	return []column[*remitv1.Task]{
		{"due", func(t *remitv1.Task) string { return t.GetDueOn() + unless(!t.GetOverdue(), " overdue") }},
		{"who", (*remitv1.Task).GetOrganisation},
		{"role", (*remitv1.Task).GetRole},
		{"task", func(t *remitv1.Task) string { return word(t.GetKind()) }},
		{"item", (*remitv1.Task).GetItem},
		{"about", (*remitv1.Task).GetEntity},
		{"what", (*remitv1.Task).GetMessage},
		{"events", func(t *remitv1.Task) string { return fewOf(t.GetEvents()) }},
	}
}

func (a *app) due() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "due",
		Short: "What is due, and who has to act",
		Long: `What somebody has to do next, by date: assessments, gateways to decide, conditions, milestones, transfers to propose, schedule
and complete, reviews, offers to accept, and commands that wait for a second person. What is overdue comes first, what has
no date last.`,
		Example: `  remit due --org Y61
  remit due --days 90 --function eprr
  remit due --on 2027-03-01 --known-at 2026-12-31 -o csv`,
		Args: cobra.NoArgs,
	}
	asOf := a.asOf(cmd)
	days := daysVar(cmd)
	organisations := codesVar(cmd, "org", "only what these bodies have to do; a region with its bodies (`CODES`)")
	functions := codesVar(cmd, "function", "only these functions (`CODES`)")
	limit := limitVar(cmd, 0)
	cmd.RunE = a.do(func(cmd *cobra.Command, _ []string) error {
		at, err := asOf.value()
		if err != nil {
			return err
		}
		request := &remitv1.ListDueRequest{
			AsOf: at, PageSize: listPage, Days: days, Organisations: *organisations, Functions: *functions,
		}
		return pages[*remitv1.ListDueResponse, *remitv1.Task]{
			ask: func(c *client, token string) (*remitv1.ListDueResponse, error) {
				request.PageToken = token
				return c.programme().ListDue(cmd.Context(), request)
			},
			items:   (*remitv1.ListDueResponse).GetTasks,
			keep:    func(r *remitv1.ListDueResponse, all []*remitv1.Task) { r.Tasks, r.NextPageToken = all, "" },
			columns: taskColumns(),
		}.show(a, *limit)
	})
	return cmd
}

// daysVar adds the flag for how many days ahead to look.
func daysVar(cmd *cobra.Command) *int32 {
	const usual = 14
	return cmd.Flags().Int32("days", usual, "how many `DAYS` ahead to look for what is due")
}
