package main

import (
	"context"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) committee() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:     "committee",
		Aliases: []string{"committees"},
		Short:   "Transition committees of one body or of several together, and what they advise",
		Long: `Transition committees: who sits on them in numbers, when they are quorate, and what they advised at their meetings. They
advise; boards decide. Names of members are not recorded.`,
	})
	cmd.AddCommand(a.committeeForm(), a.committeeChange(), a.committeeAdvise(), a.committeeList())
	return cmd
}

// committeeTerms adds the flags for who sits on a committee, and when it can speak.
func committeeTerms(cmd *cobra.Command) *remitv1.CommitteeTerms {
	terms := &remitv1.CommitteeTerms{}
	flags := cmd.Flags()
	flags.Int32Var(&terms.Executive, "executive", 0, "number of executive members")
	flags.Int32Var(&terms.NonExecutive, "non-executive", 0, "number of members who are not executive")
	flags.Int32Var(&terms.Quorum, "quorum", 0, "how many must be there")
	flags.Int32Var(&terms.QuorumNonExecutive, "quorum-non-executive", 0, "how many of them must not be executive")
	flags.BoolVar(&terms.EveryBody, "every-body", false, "each body must be represented")
	return terms
}

func (a *app) committeeForm() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "form --name NAME --body CODES --quorum N",
		Short: "Form a transition committee, by the board of one of its bodies",
		Example: `  remit --as board@S1Y5D committee form --name "Joint transition committee" --body S1Y5D,Y61 --executive 4 --non-executive 5 \
      --quorum 5 --quorum-non-executive 2 --every-body`,
		Args: cobra.NoArgs,
	}
	name := cmd.Flags().String("name", "", "name of the committee, without persons")
	bodies := codesVar(cmd, "body", "the bodies whose committee it is (`CODES`)")
	terms := committeeTerms(cmd)
	required(cmd, "name", "body", "quorum")
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.FormCommitteeRequest) (*remitv1.FormCommitteeResponse, error) {
			return c.programme().FormCommittee
		},
		func([]string) (*remitv1.FormCommitteeRequest, error) {
			return &remitv1.FormCommitteeRequest{Name: *name, Bodies: *bodies, Terms: terms}, nil
		})
}

func (a *app) committeeChange() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "change ID (--quorum N … | --dissolve)",
		Short: "Replace the terms of a committee, all of them, or dissolve it",
		Example: `  remit --as board@S1Y5D committee change 01KABCDEFGHJKMNPQRSTVWXYZ0 --executive 3 --non-executive 5 --quorum 4
  remit --as board@S1Y5D committee change 01KABCDEFGHJKMNPQRSTVWXYZ0 --dissolve --reason "The transition is over"`,
		Args: cobra.ExactArgs(1),
	}
	terms := committeeTerms(cmd)
	dissolve := cmd.Flags().Bool("dissolve", false, "it is no more")
	cmd.MarkFlagsOneRequired("quorum", "dissolve")
	cmd.MarkFlagsMutuallyExclusive("quorum", "dissolve")
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.ChangeCommitteeRequest) (*remitv1.ChangeCommitteeResponse, error) {
			return c.programme().ChangeCommittee
		},
		func(args []string) (*remitv1.ChangeCommitteeRequest, error) {
			request := &remitv1.ChangeCommitteeRequest{CommitteeId: args[0], Dissolve: *dissolve}
			if !*dissolve {
				request.Terms = terms
			}
			return request, nil
		})
}

func (a *app) committeeAdvise() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "advise ID --advice OPINION --meeting-on DATE",
		Short: "Record what a committee advised at a meeting, and whether it was quorate",
		Example: `  remit --as committee@S1Y5D committee advise 01KABCDEFGHJKMNPQRSTVWXYZ0 --transfer 01KABCDEFGHJKMNPQRSTVWXYZ1 \
      --advice advise --meeting-on today --minute-ref TC/26/4 --executive 3 --non-executive 2 --body S1Y5D,Y61 \
      --text "Go on once the rota is agreed"`,
		Args: cobra.ExactArgs(1),
	}
	request := remitv1.RecordAdviceRequest{Attendance: &remitv1.Attendance{}}
	flags := cmd.Flags()
	flags.StringVar(&request.TransferId, "transfer", "", "`ID` of the transfer that it is about")
	on := a.dateVar(cmd, "meeting-on", "the date of the meeting")
	flags.StringVar(&request.MinuteRef, "minute-ref", "", "reference of the minute")
	flags.Int32Var(&request.Attendance.Executive, "executive", 0, "how many executive members were there")
	flags.Int32Var(&request.Attendance.NonExecutive, "non-executive", 0, "how many others were there")
	bodies := codesVar(cmd, "body", "the bodies that were represented (`CODES`)")
	advice := wordVar[remitv1.Opinion](cmd, "advice", "what the committee says")
	flags.StringVar(&request.Text, "text", "", "in words")
	required(cmd, "meeting-on", "advice")
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.RecordAdviceRequest) (*remitv1.RecordAdviceResponse, error) {
			return c.programme().RecordAdvice
		},
		func(args []string) (*remitv1.RecordAdviceRequest, error) {
			request.CommitteeId, request.MeetingOn, request.Advice = args[0], on.text, advice.value()
			request.Attendance.Bodies = *bodies
			return &request, nil
		})
}

func (a *app) committeeList() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "The transition committees, in the order of forming",
		Example: `  remit committee list --org S1Y5D -o json`,
		Args:    cobra.NoArgs,
	}
	asOf := a.asOf(cmd)
	organisation := cmd.Flags().String("org", "", "only those of the body `CODE`, alone or with others")
	dissolved := cmd.Flags().Bool("include-dissolved", false, "also those that are no more")
	limit := limitVar(cmd, 0)
	cmd.RunE = a.do(func(cmd *cobra.Command, _ []string) error {
		at, err := asOf.value()
		if err != nil {
			return err
		}
		return a.showCommittees(cmd, &remitv1.ListCommitteesRequest{
			AsOf: at, PageSize: listPage, Organisation: *organisation, IncludeDissolved: *dissolved,
		}, *limit)
	})
	return cmd
}

func (a *app) showCommittees(cmd *cobra.Command, request *remitv1.ListCommitteesRequest, limit int) error {
	return pages[*remitv1.ListCommitteesResponse, *remitv1.Committee]{
		ask: func(c *client, token string) (*remitv1.ListCommitteesResponse, error) {
			request.PageToken = token
			return c.programme().ListCommittees(cmd.Context(), request)
		},
		items: (*remitv1.ListCommitteesResponse).GetCommittees,
		keep: func(r *remitv1.ListCommitteesResponse, all []*remitv1.Committee) {
			r.Committees, r.NextPageToken = all, ""
		},
		columns: []column[*remitv1.Committee]{
			{"committee", (*remitv1.Committee).GetCommitteeId},
			{"name", (*remitv1.Committee).GetName},
			{"bodies", func(c *remitv1.Committee) string { return joinWords(c.GetBodies()) }},
			{"members", func(c *remitv1.Committee) string { return membersText(c.GetTerms()) }},
			{"quorum", func(c *remitv1.Committee) string { return quorumText(c.GetTerms()) }},
			{"last advice", lastAdviceText},
			{"dissolved", func(c *remitv1.Committee) string { return yes(c.GetDissolved()) }},
			{"revision", (*remitv1.Committee).GetRevision},
		},
	}.show(a, limit)
}

func membersText(t *remitv1.CommitteeTerms) string {
	return number(t.GetExecutive()) + " executive, " + number(t.GetNonExecutive()) + " not"
}

func quorumText(t *remitv1.CommitteeTerms) string {
	return number(t.GetQuorum()) + unless(t.GetQuorumNonExecutive() == 0, ", "+number(t.GetQuorumNonExecutive())+" not executive") +
		unless(!t.GetEveryBody(), ", every body")
}

func lastAdviceText(c *remitv1.Committee) string {
	if len(c.GetAdvice()) == 0 {
		return ""
	}
	last := c.GetAdvice()[len(c.GetAdvice())-1]
	return word(last.GetAdvice()) + " on " + last.GetMeetingOn() + unless(last.GetQuorate(), ", not quorate")
}
