package main

import (
	"context"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) orgEstablish() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "establish CODE --name NAME --tier TIER --form FORM --on DATE",
		Short: "Record that a body exists from a date: a trust, a team, a joint committee",
		Long: `Record that a body exists from a date, by a registrar of a national body or of the region of --parent. A body that is no
person in law acts for one (--legal-parent); a joint committee, cluster or partnership has --members, one of which may host
it. A body that follows others, or takes over what they hold, is established by "remit reorganise".`,
		Example: `  remit --as registrar@X24 org establish Z1A --name "NHS Example Trust" --tier provider --form trust --legal-person \
      --parent S1Y5D --on 2026-10-01 --source "SI 2026/801" --reason "Order received in November"
  remit --as registrar@Y61 org establish Z2B --name "Joint committee for specialised services" --tier icb \
      --form joint_committee --members S1Y5D,D7T5G --host S1Y5D --legal-parent S1Y5D --parent Y61 --on today`,
		Args: cobra.ExactArgs(1),
	}
	var request remitv1.EstablishOrganisationRequest
	flags := cmd.Flags()
	flags.StringVar(&request.Name, "name", "", "its name")
	tier := wordVar[remitv1.Tier](cmd, "tier", "where it works")
	form := wordVar[remitv1.Form](cmd, "form", "what it is")
	flags.BoolVar(&request.LegalPerson, "legal-person", false, "it is a person in law")
	flags.StringVar(&request.LegalParent, "legal-parent", "", "`CODE` of the person in law that it acts for, where it is none itself")
	flags.StringVar(&request.Parent, "parent", "", "`CODE` of the body that it belongs to: the board of a trust, the region of a board")
	members := codesVar(cmd, "members", "the bodies whose joint committee, cluster or partnership it is (`CODES`)")
	flags.StringVar(&request.Host, "host", "", "`CODE` of the member that hosts it")
	on := a.dateVar(cmd, "on", "the first date on which it exists")
	confidence := wordVar[remitv1.Confidence](cmd, "confidence", "how sure the date is")
	flags.StringVar(&request.Source, "source", "", "publication or decision that says so")
	required(cmd, "name", "tier", "form", "on")
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.EstablishOrganisationRequest) (*remitv1.EstablishOrganisationResponse, error) {
			return c.organisations().EstablishOrganisation
		},
		func(args []string) (*remitv1.EstablishOrganisationRequest, error) {
			request.Code, request.Tier, request.Form, request.Members = args[0], tier.value(), form.value(), *members
			request.EffectiveOn, request.Confidence = on.text, confidence.value()
			return &request, nil
		})
}

func (a *app) orgRename() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rename CODE --name NAME --on DATE",
		Short: "Record another name of a body from a date: the code stays, and so does the old name before it",
		Long: `Record another name of a body from a date, by a registrar of the body, of its region or of a national body. Before the
date it is shown with its old name. A body that gets another code is recorded by "remit reorganise" (SUCCESSION_KIND_RECODE).`,
		Example: `  remit --as registrar@X24 org rename RC9 --name "Bedfordshire Hospitals University Trust" --on today --source "SI 2026/802"`,
		Args:    cobra.ExactArgs(1),
	}
	var request remitv1.RenameOrganisationRequest
	flags := cmd.Flags()
	flags.StringVar(&request.Name, "name", "", "the name from that date")
	on := a.dateVar(cmd, "on", "the first date on which it has the name")
	flags.StringVar(&request.Instrument, "instrument", "", "`CODE` of the legal instrument that renamed it")
	flags.StringVar(&request.Source, "source", "", "publication or decision that says so")
	required(cmd, "name", "on")
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.RenameOrganisationRequest) (*remitv1.RenameOrganisationResponse, error) {
			return c.organisations().RenameOrganisation
		},
		func(args []string) (*remitv1.RenameOrganisationRequest, error) {
			request.Code, request.EffectiveOn = args[0], on.text
			return &request, nil
		})
}

func (a *app) orgMove() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "move CODE (--parent CODE | --legal-parent CODE) --on DATE",
		Short: "Record that a body belongs to another body, or acts for another, from a date",
		Long: `Record that a body belongs to another body, or acts for another person in law, from a date, by a registrar of the body, of
its region or of a national body. What is left out stays as it was. What it holds stays with it.`,
		Example: `  remit --as registrar@X24 org move RC9 --parent D7T5G --on today --source "Letter of 30 October 2026"`,
		Args:    cobra.ExactArgs(1),
	}
	var request remitv1.MoveOrganisationRequest
	flags := cmd.Flags()
	flags.StringVar(&request.Parent, "parent", "", "`CODE` of the body that it belongs to from that date")
	flags.StringVar(&request.LegalParent, "legal-parent", "", "`CODE` of the person in law that it acts for from that date")
	on := a.dateVar(cmd, "on", "the first date on which it is so")
	flags.StringVar(&request.Source, "source", "", "publication or decision that says so")
	cmd.MarkFlagsOneRequired("parent", "legal-parent")
	required(cmd, "on")
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.MoveOrganisationRequest) (*remitv1.MoveOrganisationResponse, error) {
			return c.organisations().MoveOrganisation
		},
		func(args []string) (*remitv1.MoveOrganisationRequest, error) {
			request.Code, request.EffectiveOn = args[0], on.text
			return &request, nil
		})
}
