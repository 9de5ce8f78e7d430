package main

import (
	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) transferAssess() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "assess ID --party PARTY (--all RATING | --rate DOMAIN=RATING … | --ratings FILE)",
		Short: "Record a party's own assessment of its readiness, domain by domain",
		Long: `Record a party's own assessment: every domain of the framework, rated green, amber, red or not_applicable; the last
with a comment that says why. --all rates every domain alike, --rate one of them, over --all.

--ratings reads all from a JSON file (- is standard input), with evidence:

  [{"domain": "law_governance", "rating": "green", "comment": "Agreed by both boards",
    "evidence": [{"title": "Agreement", "uri": "https://example.nhs.uk/a.pdf", "expiresOn": "2027-11-01"}]}, …]`,
		Example: `  remit --as assessor@S1Y5D transfer assess 01KABCDEFGHJKMNPQRSTVWXYZ0 --party sender --all green
  remit --as assessor@Y61 transfer assess 01KABCDEFGHJKMNPQRSTVWXYZ0 --party receiver --all green \
      --rate "people=amber:consultation runs until December"`,
		Args: cobra.ExactArgs(1),
	}
	r := a.ratingVar(cmd)
	i := a.issuing(cmd)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		rated, err := r.value(cmd.Context(), c, func() (string, error) { return args[0], nil })
		if err != nil {
			return err
		}
		return send(cmd.Context(), i, &remitv1.AssessReadinessRequest{TransferId: args[0], Party: r.party.value(), Ratings: rated},
			c.transfers().AssessReadiness)
	})
	return cmd
}

func (a *app) transferOpine() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "opine ID --gateway GATEWAY --by WHO --opinion OPINION",
		Short: "Record an independent opinion ahead of a gateway's decision",
		Long:  `Record an independent opinion ahead of a gateway's decision. It decides nothing.`,
		Example: `  remit --as panel@X24 transfer opine 01KABCDEFGHJKMNPQRSTVWXYZ0 --gateway confirmation --by internal-audit \
      --opinion advise --text "The people plan is thin"`,
		Args: cobra.ExactArgs(1),
	}
	var opinion remitv1.GatewayOpinion
	gateway := cmd.Flags().String("gateway", "", "`CODE` of the gateway, such as sender-readiness")
	cmd.Flags().StringVar(&opinion.By, "by", "", "`CODE` of the reviewing function or body, such as internal-audit; never a person's name")
	says := wordVar[remitv1.Opinion](cmd, "opinion", "what the reviewer says")
	cmd.Flags().StringVar(&opinion.Text, "text", "", "in words")
	required(cmd, "gateway", "by", "opinion")
	i := a.issuing(cmd)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		opinion.Opinion = says.value()
		return send(cmd.Context(), i, &remitv1.RecordOpinionRequest{TransferId: args[0], Gateway: *gateway, Opinion: &opinion},
			c.transfers().RecordOpinion)
	})
	return cmd
}

func (a *app) transferDecide() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "decide ID --gateway GATEWAY --decision DECISION",
		Short: "Record the decision at a gateway",
		Long: `Record what the deciding body decided at a gateway: its decision, the meeting, the independent opinions that it heard
and the conditions that it sets. "remit transfer show ID" lists the gateways and who decides each.`,
		Example: `  remit --as board@S1Y5D transfer decide 01KABCDEFGHJKMNPQRSTVWXYZ0 --gateway sender-readiness --decision pass \
      --opinion "by=internal-audit,opinion=assure,text=Evidence seen" --body board --meeting-on today --minute-ref B/26/112 --quorate
  remit --as board@Y61 transfer decide 01KABCDEFGHJKMNPQRSTVWXYZ0 --gateway receiver-readiness \
      --decision pass-with-conditions --opinion by=internal-audit,opinion=advise \
      --condition "owner=S1Y5D,due=2026-12-01,timing=before-effect,description=Sign the data agreement"
  remit --as board@S1Y5D transfer decide 01KABCDEFGHJKMNPQRSTVWXYZ0 --gateway sender-notice --decision pass \
      --statement scope,money,people,risk,records`,
		Args: cobra.ExactArgs(1),
	}
	d := a.decisionVar(cmd)
	required(cmd, "gateway", "decision")
	i := a.issuing(cmd)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		request, err := d.request(args[0])
		if err != nil {
			return err
		}
		c, err := a.client()
		if err != nil {
			return err
		}
		return send(cmd.Context(), i, request, c.transfers().DecideGateway)
	})
	return cmd
}

// decisionFlags are what a decision says.
type decisionFlags struct {
	app        *app
	gateway    string
	decision   *enumFlag[remitv1.GatewayDecision]
	decidedBy  string
	decidedOn  *dateFlag
	rationale  string
	authority  remitv1.Authority
	meetingOn  *dateFlag
	opinions   []string
	conditions []string
	statements []string
}

func (a *app) decisionVar(cmd *cobra.Command) *decisionFlags {
	d := &decisionFlags{app: a}
	flags := cmd.Flags()
	flags.StringVar(&d.gateway, "gateway", "", "`CODE` of the gateway, such as sender-readiness; \"remit transfer show ID\" lists them")
	completeWords(cmd, "gateway", []string{"sender-readiness", "receiver-readiness", "confirmation", "sender-notice", "receiver-notice"})
	d.decision = wordVar[remitv1.GatewayDecision](cmd, "decision", "the outcome")
	flags.StringVar(&d.decidedBy, "decided-by", "", "`CODE` of the body that decided; left out: that of --as")
	d.decidedOn = a.dateVar(cmd, "decided-on", "the date of the decision; left out: today")
	flags.StringVar(&d.rationale, "rationale", "", "why")
	flags.StringArrayVar(&d.opinions, "opinion", nil,
		"an independent `OPINION`: \"by=internal-audit,opinion=assure,text=…\"; may be repeated")
	flags.StringArrayVar(&d.conditions, "condition", nil,
		"a `CONDITION`: \"owner=S1Y5D,due=2026-12-01,timing=before-effect,description=…\"; may be repeated")
	flags.StringSliceVar(&d.statements, "statement", nil,
		"the `STATEMENTS` of the notice that are signed, such as scope,money; \"remit transfer show ID\" lists them")
	flags.StringVar(&d.authority.Body, "body", "", "the board or committee that met, such as board")
	d.meetingOn = a.dateVar(cmd, "meeting-on", "the date of the meeting")
	flags.StringVar(&d.authority.MinuteRef, "minute-ref", "", "reference of the minute")
	flags.BoolVar(&d.authority.Quorate, "quorate", false, "the meeting was quorate")
	flags.StringArrayVar(&d.authority.Interests, "interest", nil, "an interest declared; may be repeated")
	flags.StringArrayVar(&d.authority.Recusals, "recusal", nil, "who took no part because of an interest; may be repeated")
	return d
}

func (d *decisionFlags) request(transfer string) (*remitv1.DecideGatewayRequest, error) {
	opinions, err := opinionsFrom(d.opinions)
	if err != nil {
		return nil, err
	}
	conditions, err := d.app.conditionsFrom(d.conditions)
	if err != nil {
		return nil, err
	}
	if d.decidedOn.text == "" {
		today, err := d.app.today()
		if err != nil {
			return nil, err
		}
		d.decidedOn.text = today.String()
	}
	if d.decidedBy == "" {
		d.decidedBy = organisation(d.app.actor)
	}
	d.authority.MeetingOn = d.meetingOn.text
	return &remitv1.DecideGatewayRequest{
		TransferId: transfer, Gateway: d.gateway, Decision: d.decision.value(), DecidedBy: d.decidedBy,
		DecidedOn: d.decidedOn.text, Rationale: d.rationale, Authority: &d.authority, Opinions: opinions, Conditions: conditions,
		Statements: d.statements,
	}, nil
}
