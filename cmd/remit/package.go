package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) packageGroup() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "package",
		Short: "Many transfers with one case: assessed once, decided once, with exceptions",
		Long: `Put transfers that are alike under one case: both parties assess once for all, and each gateway decides once for all,
except for members that are excepted. Afterwards each transfer goes on by itself. "remit packages" lists them.

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
	r := a.ratingVar(cmd)
	i := a.issuing(cmd)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		rated, err := r.value(cmd.Context(), c, func() (string, error) { return firstMember(cmd.Context(), c, args[0]) })
		if err != nil {
			return err
		}
		return send(cmd.Context(), i, &remitv1.AssessPackageRequest{PackageId: args[0], Party: r.party.value(), Ratings: rated},
			c.transfers().AssessPackage)
	})
	return cmd
}

// firstMember is the first transfer of a package: all have the same framework.
func firstMember(ctx context.Context, c *client, id string) (string, error) {
	answer, err := c.transfers().GetPackage(ctx, &remitv1.GetPackageRequest{PackageId: id})
	if err != nil {
		return "", err
	}
	members := answer.GetPackage().GetMembers()
	if len(members) == 0 {
		return "", usagef("the package %s has no transfers", id)
	}
	return members[0].GetTransferId(), nil
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
	formVar(cmd, "except", "another `OUTCOME` for a member: \"transfer=ID,decision=defer,rationale=…\"; may be repeated",
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
