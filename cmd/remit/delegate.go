package main

import (
	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) delegate() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "delegate FUNCTION --from CODE --to CODE --on DATE",
		Short: "Record a delegation that is agreed: another body exercises a function, accountability stays",
		Long: `Record a delegation that the delegator's board has agreed. It takes effect once the delegate's board accepts it
("remit delegate accept ID"). Where readiness is still to be decided, use "remit transfer propose --kind delegation".`,
		Example: `  remit --as board@X24 delegate remaining-direct-commissioning --from X24 --to QYG --on today \
      --instrument nhsa2006-s65z5 --reserved "Contract awards over £5m" --limits "Within the national framework" \
      --liability "Stays with NHS England" --notice "12 months" --review-on 2027-11-01
  remit --as board@QYG delegate accept 01KABCDEFGHJKMNPQRSTVWXYZ0`,
		Args: cobra.ExactArgs(1),
	}
	flags := cmd.Flags()
	from := flags.String("from", "", "`CODE` of the body that delegates")
	to := flags.String("to", "", "`CODE` of the body that is to exercise the function")
	in := codesVar(cmd, "in", "`CODES` of footprints or organisations, or ENG; left out: what the delegator holds and the delegate covers")
	roles := wordsVar[remitv1.Role](cmd, "roles", "the roles that move; left out, exercising and funding")
	on := a.dateVar(cmd, "on", "the date from which it holds")
	instrument := flags.String("instrument", "", "`CODE` of the legal instrument relied on, such as nhsa2006-s65z5")
	terms := a.termsVar(cmd)
	required(cmd, "from", "to", "on")
	i := a.issuing(cmd)
	cmd.AddCommand(a.delegateAccept(), a.delegateVary())
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		function, part := subject(args[0])
		return send(cmd.Context(), i, &remitv1.DelegateFunctionRequest{
			Function: function, Part: part, Delegator: *from, Delegate: *to, Footprints: *in, Roles: roles.values,
			EffectiveOn: on.text, Instrument: *instrument, Terms: terms.value(),
		}, c.delegations().DelegateFunction)
	})
	return cmd
}

func (a *app) delegateAccept() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "accept ID",
		Short:   "Accept a delegation, or other terms that are offered for it: by the delegate's board",
		Example: `  remit --as board@QYG delegate accept 01KABCDEFGHJKMNPQRSTVWXYZ0`,
		Args:    cobra.ExactArgs(1),
	}
	i := a.issuing(cmd)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		return send(cmd.Context(), i, &remitv1.AcceptDelegationRequest{DelegationId: args[0]}, c.delegations().AcceptDelegation)
	})
	return cmd
}

func (a *app) revoke() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "revoke ID --on DATE",
		Short:   "End a delegation: what was delegated goes back",
		Long:    `End a delegation from a date, by the delegator's board: what was delegated goes back to it.`,
		Example: `  remit --as board@X24 revoke 01KABCDEFGHJKMNPQRSTVWXYZ0 --on today --reason "Taken back under clause 14"`,
		Args:    cobra.ExactArgs(1),
	}
	on := a.dateVar(cmd, "on", "the first date on which it no longer holds")
	required(cmd, "on")
	i := a.issuing(cmd)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		return send(cmd.Context(), i, &remitv1.RevokeDelegationRequest{DelegationId: args[0], EffectiveOn: on.text},
			c.delegations().RevokeDelegation)
	})
	return cmd
}

func (a *app) delegations() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "delegations [ID]",
		Aliases: []string{"delegation"},
		Short:   "The arrangements under which other bodies exercise functions, or one of them",
		Long: `The delegations, directions and joint exercises in the register, in the order of their making, however they were made;
with an id, one of them with its terms.`,
		Example: `  remit delegations --state in_force --org X24
  remit delegations --function primary-medical-services -o csv
  remit delegations 01KABCDEFGHJKMNPQRSTVWXYZ0`,
		Args: cobra.MaximumNArgs(1),
	}
	asOf := a.asOf(cmd)
	states := wordsVar[remitv1.DelegationState](cmd, "state", "only in these states")
	functions := codesVar(cmd, "function", "only of these functions (`CODES`)")
	flags := cmd.Flags()
	organisation := flags.String("org", "", "only with the body `CODE` as delegator or delegate")
	from := flags.String("from", "", "only with the body `CODE` as delegator")
	to := flags.String("to", "", "only with the body `CODE` as delegate")
	review := a.dateVar(cmd, "review-until", "only those to be reviewed on or before this date")
	limit := limitVar(cmd, 0)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		at, err := asOf.value()
		if err != nil {
			return err
		}
		if len(args) == 1 {
			return a.showDelegation(cmd, &remitv1.GetDelegationRequest{AsOf: at, DelegationId: args[0]})
		}
		return a.showDelegations(cmd, &remitv1.ListDelegationsRequest{
			AsOf: at, PageSize: listPage, States: states.values, Functions: *functions, Organisation: *organisation,
			Delegator: *from, Delegate: *to, ReviewUntil: review.text,
		}, *limit)
	})
	return cmd
}

func (a *app) showDelegations(cmd *cobra.Command, request *remitv1.ListDelegationsRequest, limit int) error {
	return pages[*remitv1.ListDelegationsResponse, *remitv1.Delegation]{
		ask: func(c *client, token string) (*remitv1.ListDelegationsResponse, error) {
			request.PageToken = token
			return c.delegations().ListDelegations(cmd.Context(), request)
		},
		items: (*remitv1.ListDelegationsResponse).GetDelegations,
		keep: func(r *remitv1.ListDelegationsResponse, all []*remitv1.Delegation) {
			r.Delegations, r.NextPageToken = all, ""
		},
		columns: delegationColumns(),
	}.show(a, limit)
}

func (a *app) showDelegation(cmd *cobra.Command, request *remitv1.GetDelegationRequest) error {
	c, err := a.client()
	if err != nil {
		return err
	}
	answer, err := c.delegations().GetDelegation(cmd.Context(), request)
	if err != nil {
		return err
	}
	d := answer.GetDelegation()
	return object(a, answer, d, delegationColumns(), func(s *sheet) {
		s.title("Delegation %s: %s", d.GetDelegationId(), word(d.GetState()))
		for _, c := range delegationColumns()[2:] {
			s.field(c.head, c.cell(d))
		}
		s.field("all of", joinWords(d.GetFootprints()))
		s.field("confidence", word(d.GetConfidence()))
		s.field("source", d.GetSource())
		for _, share := range d.GetShares() {
			s.field("held by", share.GetReceiver()+" in "+joinWords(share.GetFootprints()))
		}
		s.field("undetermined", unless(!d.GetUndetermined(), "a party ended, and nobody knows who followed it"))
		termsSheet(s, "Terms", d.GetTerms())
		termsSheet(s, "Other terms, offered and not accepted yet", d.GetVariation())
	})
}

func delegationColumns() []column[*remitv1.Delegation] {
	return []column[*remitv1.Delegation]{
		{"delegation", (*remitv1.Delegation).GetDelegationId},
		{"state", func(d *remitv1.Delegation) string { return word(d.GetState()) }},
		{"function", func(d *remitv1.Delegation) string { return subjectText(d.GetFunction(), d.GetPart()) }},
		{"route", func(d *remitv1.Delegation) string { return word(d.GetKind()) }},
		{"from body", (*remitv1.Delegation).GetDelegator},
		{"to body", (*remitv1.Delegation).GetDelegate},
		{"in", func(d *remitv1.Delegation) string { return summary(d.GetFootprints(), 4) }},
		{"roles", func(d *remitv1.Delegation) string { return wordsOf(d.GetRoles()) }},
		{"from", (*remitv1.Delegation).GetEffectiveOn},
		{"to", (*remitv1.Delegation).GetEndedOn},
		{"instrument", (*remitv1.Delegation).GetInstrument},
		{"revision", (*remitv1.Delegation).GetRevision},
	}
}
