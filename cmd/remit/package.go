package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) packages() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:     "package",
		Aliases: []string{"packages"},
		Short:   "Many transfers with one case: assessed once, decided once, with exceptions",
		Long: `Put transfers that are alike under one case: both parties assess once for all, and each gateway decides once for all,
except for members that are excepted. Afterwards each transfer goes on by itself.

  remit --as po@S1Y5D package form --name "Green plan to trusts" --member ID --member ID --case "…"
  remit --as assessor@S1Y5D package assess ID --party sender --all green
  remit --as board@S1Y5D package decide ID --gateway sender-readiness --decision pass \
      --opinion by=internal-audit,opinion=assure --except "transfer=ID,decision=defer,rationale=Their board meets later"`,
	})
	cmd.AddCommand(a.packageForm(), a.packageAssess(), a.packageDecide(), a.packageShow())
	return cmd
}

func (a *app) packageForm() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "form --name NAME --member ID …",
		Short: "Put proposed transfers under one case",
		Example: `  remit --as po@S1Y5D package form --name "Green plan to trusts" --case "Trusts own their estates" \
      --member 01KABCDEFGHJKMNPQRSTVWXYZ0,01KABCDEFGHJKMNPQRSTVWXYZ1`,
		Args: cobra.NoArgs,
	}
	var request remitv1.FormPackageRequest
	cmd.Flags().StringVar(&request.Name, "name", "", "name of the package, without persons")
	cmd.Flags().StringVar(&request.Case, "case", "", "the case for all of them, in words")
	members := cmd.Flags().StringSlice("member", nil, "`IDS` of the transfers, separated by commas or given again")
	required(cmd, "name", "member")
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.FormPackageRequest) (*remitv1.FormPackageResponse, error) {
			return c.transfers().FormPackage
		},
		func([]string) (*remitv1.FormPackageRequest, error) {
			request.Members = *members
			return &request, nil
		})
}

func (a *app) packageAssess() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "assess ID --party PARTY (--all RATING | --rate DOMAIN=RATING … | --ratings FILE)",
		Short: "Record a party's own assessment for all transfers of a package",
		Long:  `Record a party's own assessment for all transfers of a package; the ratings as in "remit transfer assess".`,
		Example: `  remit --as assessor@S1Y5D package assess 01KABCDEFGHJKMNPQRSTVWXYZ0 --party sender --all green \
      --rate "people=amber:consultation runs until December"`,
		Args: cobra.ExactArgs(1),
	}
	party := wordVar[remitv1.Party](cmd, "party", "the party that assesses itself")
	all := cmd.Flags().String("all", "", "`RATING` of every domain")
	rates := cmd.Flags().StringArray("rate", nil, "rating of a domain: `DOMAIN=RATING[:COMMENT]`; may be repeated")
	file := cmd.Flags().String("ratings", "", "JSON `FILE` with all ratings")
	cmd.MarkFlagsOneRequired("all", "rate", "ratings")
	cmd.MarkFlagsMutuallyExclusive("ratings", "all")
	cmd.MarkFlagsMutuallyExclusive("ratings", "rate")
	required(cmd, "party")
	i := a.issuing(cmd)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		request := &remitv1.AssessPackageRequest{PackageId: args[0], Party: party.value()}
		if *file != "" {
			request.Ratings, err = a.ratingsFile(*file)
		} else {
			request.Ratings, err = packageRatings(cmd.Context(), c, args[0], *all, *rates)
		}
		if err != nil {
			return err
		}
		return send(cmd.Context(), i, request, c.transfers().AssessPackage)
	})
	return cmd
}

// packageRatings are ratings for the domains of the package's first transfer: all have the same framework.
func packageRatings(ctx context.Context, c *client, id, all string, rates []string) ([]*remitv1.DomainRating, error) {
	answer, err := c.transfers().GetPackage(ctx, &remitv1.GetPackageRequest{PackageId: id})
	if err != nil {
		return nil, err
	}
	members := answer.GetPackage().GetMembers()
	if len(members) == 0 {
		return nil, usagef("the package %s has no transfers", id)
	}
	return ratings(ctx, c, members[0].GetTransferId(), all, rates)
}

func (a *app) packageDecide() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "decide ID --gateway GATEWAY --decision DECISION [--except EXCEPTION …]",
		Short: "Record one decision at a gateway for all transfers of a package, with exceptions",
		Example: `  remit --as board@S1Y5D package decide 01KABCDEFGHJKMNPQRSTVWXYZ0 --gateway sender-readiness --decision pass \
      --opinion by=internal-audit,opinion=assure --minute-ref B/26/112 \
      --except "transfer=01KABCDEFGHJKMNPQRSTVWXYZ1,decision=defer,rationale=Their board meets later"`,
		Args: cobra.ExactArgs(1),
	}
	d := a.decisionVar(cmd)
	var exceptions []*remitv1.PackageException
	formVar(cmd, "except", "another outcome for a member: \"`transfer=ID,decision=defer,rationale=…`\"; may be repeated",
		func(text string) error {
			given, err := pairs(text, "transfer", "decision", "rationale")
			if err != nil {
				return err
			}
			decision, err := parseWord[remitv1.GatewayDecision](given["decision"])
			exceptions = append(exceptions, &remitv1.PackageException{
				TransferId: given["transfer"], Decision: decision, Rationale: given["rationale"],
			})
			return err
		})
	required(cmd, "gateway", "decision")
	i := a.issuing(cmd)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		one, err := d.request("")
		if err != nil {
			return err
		}
		c, err := a.client()
		if err != nil {
			return err
		}
		request := &remitv1.DecidePackageRequest{
			PackageId: args[0], Gateway: one.GetGateway(), Decision: one.GetDecision(), DecidedBy: one.GetDecidedBy(),
			DecidedOn: one.GetDecidedOn(), Rationale: one.GetRationale(), Authority: one.GetAuthority(), Opinions: one.GetOpinions(),
			Conditions: one.GetConditions(), Statements: one.GetStatements(), Exceptions: exceptions,
		}
		return send(cmd.Context(), i, request, a.tellMembers(c.transfers().DecidePackage))
	})
	return cmd
}

// tellMembers is a call to decide a package that tells what was decided for each of its transfers.
func (a *app) tellMembers(
	call func(context.Context, *remitv1.DecidePackageRequest) (*remitv1.DecidePackageResponse, error),
) func(context.Context, *remitv1.DecidePackageRequest) (*remitv1.DecidePackageResponse, error) {
	return func(ctx context.Context, request *remitv1.DecidePackageRequest) (*remitv1.DecidePackageResponse, error) {
		answer, err := call(ctx, request)
		if err != nil || a.format == formatJSON || a.format == formatJSONL {
			return answer, err
		}
		for _, member := range answer.GetMembers() {
			conditions := unless(len(member.GetConditionIds()) == 0, ", with "+strings.Join(member.GetConditionIds(), ", "))
			a.say("%s: %s%s", member.GetTransferId(), word(member.GetDecision()), conditions)
		}
		return answer, nil
	}
}

func (a *app) packageShow() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "show ID",
		Short:   "A package with its transfers and where each stands",
		Example: `  remit package show 01KABCDEFGHJKMNPQRSTVWXYZ0`,
		Args:    cobra.ExactArgs(1),
	}
	asOf := a.asOf(cmd)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		at, err := asOf.value()
		if err != nil {
			return err
		}
		answer, err := asked(cmd.Context(), a, &remitv1.GetPackageRequest{AsOf: at, PackageId: args[0]},
			func(c *client) func(context.Context, *remitv1.GetPackageRequest) (*remitv1.GetPackageResponse, error) {
				return c.transfers().GetPackage
			})
		if err != nil {
			return err
		}
		p := answer.GetPackage()
		if a.format != formatTable {
			return list(a, answer, p.GetMembers(), memberColumns())
		}
		s := newSheet(a)
		s.title("Package %s", p.GetPackageId())
		s.field("name", p.GetName())
		s.field("case", p.GetCase())
		s.field("event", p.GetSourceEvent())
		s.title("Transfers")
		rows(s, p.GetMembers(), memberColumns())
		return s.print()
	})
	return cmd
}

func memberColumns() []column[*remitv1.PackageMember] {
	return []column[*remitv1.PackageMember]{
		{"transfer", (*remitv1.PackageMember).GetTransferId},
		{"state", func(m *remitv1.PackageMember) string { return word(m.GetState()) }},
		{"function", func(m *remitv1.PackageMember) string { return subjectText(m.GetFunction(), m.GetPart()) }},
		{"from", (*remitv1.PackageMember).GetSender},
		{"to", (*remitv1.PackageMember).GetReceiver},
		{"on", (*remitv1.PackageMember).GetEffectiveOn},
		{"gateways passed", func(m *remitv1.PackageMember) string {
			passed := 0
			for _, g := range m.GetGateways() {
				if g.GetPassed() {
					passed++
				}
			}
			return fmt.Sprintf("%d of %d", passed, len(m.GetGateways()))
		}},
	}
}
