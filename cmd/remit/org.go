package main

import (
	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) org() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "org CODE",
		Short: "An organisation on a date: names, area, whom it followed, what is announced; establish, rename, move",
		Long: `An organisation as it is on a date, as known at a time: its names, its place among the others, the footprints that it
covers, the bodies that it followed and that followed it, and what is announced of it, which has not happened.
"remit map --org CODE" lists what it holds. The commands below record new bodies, names and parents; "remit reorganise"
merges, splits and abolishes bodies.`,
		Example: `  remit org S1Y5D
  remit org QMM --on 2026-03-31
  remit org X24 -o json`,
		Args: cobra.ExactArgs(1),
	}
	cmd.AddCommand(a.orgEstablish(), a.orgRename(), a.orgMove())
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
		answer, err := c.organisations().GetOrganisation(cmd.Context(), &remitv1.GetOrganisationRequest{AsOf: at, Code: args[0]})
		if err != nil {
			return err
		}
		a.sayAsOf(answer.GetAsOf())
		return object(a, answer, answer.GetOrganisation(), organisationColumns(), func(s *sheet) {
			organisationSheet(s, answer.GetOrganisation())
		})
	})
	return cmd
}

func organisationSheet(s *sheet, o *remitv1.Organisation) {
	s.title("%s  %s", o.GetCode(), o.GetName())
	s.field("tier", word(o.GetTier()))
	s.field("form", word(o.GetForm()))
	legal := "is a legal person"
	if !o.GetLegalPerson() {
		legal = "no legal person"
		if o.GetLegalParent() != "" {
			legal += ": acts for " + o.GetLegalParent()
		}
	}
	s.field("in law", legal)
	s.field("belongs to", o.GetParent())
	s.field("region", o.GetRegion())
	s.field("exists", period(o.GetOpenedOn(), o.GetClosedOn())+unless(o.GetOpen(), " (not on this date)"))
	s.field("confidence", word(o.GetConfidence()))
	s.field("source", o.GetSource())
	s.field("revision", o.GetRevision())
	s.field("covers", joinWords(o.GetFootprints()))
	s.field("members", joinWords(o.GetMembers()))
	s.field("joint body of", joinWords(o.GetJointMembers())+unless(o.GetHost() == "", ", hosted by "+o.GetHost()))
	if len(o.GetNames()) > 1 {
		s.title("Names")
		rows(s, o.GetNames(), []column[*remitv1.DatedName]{
			{"from", (*remitv1.DatedName).GetFrom},
			{"to", (*remitv1.DatedName).GetTo},
			{"name", (*remitv1.DatedName).GetName},
			{"event", (*remitv1.DatedName).GetSourceEvent},
		})
	}
	if len(o.GetParents()) > 1 {
		s.title("Belonged to")
		rows(s, o.GetParents(), []column[*remitv1.DatedCode]{
			{"from", (*remitv1.DatedCode).GetFrom},
			{"to", (*remitv1.DatedCode).GetTo},
			{"body", (*remitv1.DatedCode).GetCode},
			{"event", (*remitv1.DatedCode).GetSourceEvent},
		})
	}
	if len(o.GetPredecessors()) > 0 {
		s.title("Followed")
		rows(s, o.GetPredecessors(), successionColumns())
	}
	if len(o.GetSuccessors()) > 0 {
		s.title("Was followed by")
		rows(s, o.GetSuccessors(), successionColumns())
	}
	if len(o.GetPlanned()) > 0 {
		s.title("Announced, not happened")
		rows(s, o.GetPlanned(), plannedReorganisationColumns())
	}
}

// period says from when to when; both are dates, and the second is the first day after.
func period(from, to string) string {
	if to == "" {
		return "from " + from
	}
	return "from " + from + ", until " + to
}

// unless returns text when it is not so.
func unless(so bool, text string) string {
	if so {
		return ""
	}
	return text
}

func successionColumns() []column[*remitv1.RecordedSuccession] {
	return []column[*remitv1.RecordedSuccession]{
		{"on", (*remitv1.RecordedSuccession).GetEffectiveOn},
		{"kind", func(r *remitv1.RecordedSuccession) string { return word(r.GetSuccession().GetKind()) }},
		{"predecessor", func(r *remitv1.RecordedSuccession) string { return r.GetSuccession().GetPredecessor() }},
		{"successor", func(r *remitv1.RecordedSuccession) string { return r.GetSuccession().GetSuccessor() }},
		{"event", (*remitv1.RecordedSuccession).GetSourceEvent},
	}
}

func plannedReorganisationColumns() []column[*remitv1.PlannedReorganisation] {
	return []column[*remitv1.PlannedReorganisation]{
		{"on", (*remitv1.PlannedReorganisation).GetEffectiveOn},
		{"kind", func(p *remitv1.PlannedReorganisation) string { return word(p.GetKind()) }},
		{"before", func(p *remitv1.PlannedReorganisation) string { return joinWords(p.GetOriginals()) }},
		{"after", func(p *remitv1.PlannedReorganisation) string { return joinWords(p.GetResults()) }},
		{"instrument", (*remitv1.PlannedReorganisation).GetInstrument},
		{"confidence", func(p *remitv1.PlannedReorganisation) string { return word(p.GetConfidence()) }},
		{"note", (*remitv1.PlannedReorganisation).GetNote},
	}
}

func (a *app) orgs() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "orgs",
		Aliases: []string{"organisations"},
		Short:   "The organisations that exist on a date",
		Long:    `The organisations that exist on a date, by code. "remit org CODE" shows one of them.`,
		Example: `  remit orgs --tier icb
  remit orgs --region Y61 --on 2026-03-31
  remit orgs --include-closed -o csv`,
		Args: cobra.NoArgs,
	}
	asOf := a.asOf(cmd)
	tiers := wordsVar[remitv1.Tier](cmd, "tier", "only of these tiers")
	parent := cmd.Flags().String("parent", "", "only those that belong directly to the body `CODE`")
	region := cmd.Flags().String("region", "", "only those of the region `CODE`, itself included")
	closed := cmd.Flags().Bool("include-closed", false, "also those that do not exist on the date")
	limit := limitVar(cmd, 0)
	cmd.RunE = a.do(func(cmd *cobra.Command, _ []string) error {
		at, err := asOf.value()
		if err != nil {
			return err
		}
		return a.showOrgs(cmd, &remitv1.ListOrganisationsRequest{
			AsOf: at, PageSize: listPage, Tiers: tiers.values, Parent: *parent, Region: *region, IncludeClosed: *closed,
		}, *limit)
	})
	return cmd
}

func (a *app) showOrgs(cmd *cobra.Command, request *remitv1.ListOrganisationsRequest, limit int) error {
	return pages[*remitv1.ListOrganisationsResponse, *remitv1.Organisation]{
		ask: func(c *client, token string) (*remitv1.ListOrganisationsResponse, error) {
			request.PageToken = token
			return c.organisations().ListOrganisations(cmd.Context(), request)
		},
		items: (*remitv1.ListOrganisationsResponse).GetOrganisations,
		keep: func(r *remitv1.ListOrganisationsResponse, all []*remitv1.Organisation) {
			r.Organisations, r.NextPageToken = all, ""
		},
		columns: organisationColumns(),
	}.show(a, limit)
}

func organisationColumns() []column[*remitv1.Organisation] {
	return []column[*remitv1.Organisation]{
		{"code", (*remitv1.Organisation).GetCode},
		{"name", (*remitv1.Organisation).GetName},
		{"tier", func(o *remitv1.Organisation) string { return word(o.GetTier()) }},
		{"form", func(o *remitv1.Organisation) string { return word(o.GetForm()) }},
		{"parent", (*remitv1.Organisation).GetParent},
		{"legal parent", (*remitv1.Organisation).GetLegalParent},
		{"from", (*remitv1.Organisation).GetOpenedOn},
		{"to", (*remitv1.Organisation).GetClosedOn},
	}
}
