package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
	"github.com/remit-register/remit/proto/remit/v1/remitv1connect"
)

func (c *client) programme() remitv1connect.ProgrammeServiceClient {
	return remitv1connect.NewProgrammeServiceClient(c.http, c.url, c.options...)
}

func (a *app) population() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "population CODE --basis BASIS --year YEAR --count N --on DATE --source TEXT",
		Short: "Record how many people a body covers",
		Long: `Record how many people a body covers, by a registrar of a national body. The running-cost envelope rests on it ("remit
envelope").`,
		Example: `  remit --as registrar@X24 population S1Y5D --basis registered --year 2026 --count 3370000 --on 2026-04-01 \
      --source "Patients registered at a GP practice, April 2026" --reason "First figure of the body"`,
		Args: cobra.ExactArgs(1),
	}
	var request remitv1.RecordPopulationRequest
	flags := cmd.Flags()
	basis := wordVar[remitv1.PopulationBasis](cmd, "basis", "how they are counted")
	flags.Int32Var(&request.Year, "year", 0, "year of the count")
	flags.Int64Var(&request.Count, "count", 0, "how many")
	on := a.dateVar(cmd, "on", "the date from which the figure stands for the body")
	confidence := wordVar[remitv1.Confidence](cmd, "confidence", "how sure the figure is")
	flags.StringVar(&request.Source, "source", "", "publication that says so")
	required(cmd, "basis", "year", "count", "on", "source")
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.RecordPopulationRequest) (*remitv1.RecordPopulationResponse, error) {
			return c.programme().RecordPopulation
		},
		func(args []string) (*remitv1.RecordPopulationRequest, error) {
			request.Organisation, request.Basis, request.EffectiveOn = args[0], basis.value(), on.text
			request.Confidence = confidence.value()
			return &request, nil
		})
}

func (a *app) cost() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cost CODE --class CLASS --pounds AMOUNT --year YEAR --base TEXT --source TEXT",
		Short: "Record what a body spends, or plans to spend, in a financial year",
		Long: `Record what a body spends in a financial year: on all that it does, on one function, or because of a transfer. What a
transfer changes may be below zero: --pounds=-180000.`,
		Example: `  remit --as po@S1Y5D cost S1Y5D --class running-cost --pounds 62000000 --year 2026/27 --recurrent \
      --base "Registered population 2026" --source "Board paper 12/26"
  remit --as po@S1Y5D cost S1Y5D --function eprr --transfer 01KABCDEFGHJKMNPQRSTVWXYZ0 --class running-cost --pounds=-180000 \
      --year 2027/28 --recurrent --base "Budget 2026/27" --source "Business case 7"`,
		Args: cobra.ExactArgs(1),
	}
	var request remitv1.RecordCostRequest
	flags := cmd.Flags()
	flags.StringVar(&request.Function, "function", "", "`CODE` of the function; left out: the body as a whole")
	flags.StringVar(&request.TransferId, "transfer", "", "`ID` of the transfer that moves the cost")
	class := wordVar[remitv1.CostClass](cmd, "class", "from which money it is borne")
	flags.BoolVar(&request.Recurrent, "recurrent", false, "it comes back every year")
	flags.BoolVar(&request.Excluded, "excluded", false, "a running cost outside of the envelope, such as delegated services")
	formVar(cmd, "pounds", "`AMOUNT` of the year in whole pounds", func(text string) (err error) {
		request.Pounds, err = pounds(text)
		return err
	})
	flags.StringVar(&request.Year, "year", "", "financial year, such as 2026/27")
	flags.StringVar(&request.Base, "base", "", "the population or budget on which the figure rests")
	flags.StringVar(&request.Source, "source", "", "publication or decision that says so")
	required(cmd, "class", "pounds", "year", "base", "source")
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.RecordCostRequest) (*remitv1.RecordCostResponse, error) {
			return c.programme().RecordCost
		},
		func(args []string) (*remitv1.RecordCostRequest, error) {
			request.Organisation, request.Class = args[0], class.value()
			return &request, nil
		})
}

func (a *app) envelope() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "envelope",
		Short: "How running costs stand to the running-cost envelope, for boards, regions and England",
		Long: `How the running costs of integrated care boards stand to their envelope, which is so many pence for each person covered,
with the effect of transfers that are complete and of those that are planned. Where a population is not recorded, nothing
is worked out for it, and it is said so.`,
		Example: `  remit envelope --org S1Y5D,Y61
  remit envelope --year 2027/28 --basis registered -o csv
  remit envelope --org S1Y5D --from 2026-04-01 --months 3`,
		Args: cobra.NoArgs,
	}
	asOf := a.asOf(cmd)
	organisations := codesVar(cmd, "org", "only these boards and regions (`CODES`)")
	year := cmd.Flags().String("year", "", "financial year, such as 2026/27; left out: that of the date asked about")
	basis := wordVar[remitv1.PopulationBasis](cmd, "basis", "only populations counted so")
	from := a.dateVar(cmd, "from", "also tell how it stood from this date on, step by step")
	months := cmd.Flags().Int32("months", 0, "length of a step in `MONTHS`; left out: 3")
	cmd.RunE = a.do(func(cmd *cobra.Command, _ []string) error {
		at, err := asOf.value()
		if err != nil {
			return err
		}
		answer, err := asked(cmd.Context(), a, &remitv1.GetEnvelopeRequest{
			AsOf: at, Organisations: *organisations, Year: *year, Basis: basis.value(), From: from.text, Months: *months,
		}, func(c *client) func(context.Context, *remitv1.GetEnvelopeRequest) (*remitv1.GetEnvelopeResponse, error) {
			return c.programme().GetEnvelope
		})
		if err != nil {
			return err
		}
		a.say("Financial year %s, £%d.%02d a head.", answer.GetYear(), answer.GetPencePerHead()/100, answer.GetPencePerHead()%100)
		var without []string
		for _, l := range answer.GetBodies() {
			if len(l.GetFigures()) == 0 {
				without = append(without, l.GetOrganisation())
			}
		}
		if len(without) > 0 {
			a.say("No costs of the year are recorded of %s: nothing is taken off what is left of their envelope.",
				summaryOf(without, 4, "bodies"))
		}
		lines := slices.Concat(answer.GetBodies(), answer.GetRegions())
		if answer.GetEngland() != nil {
			lines = append(lines, answer.GetEngland())
		}
		if len(answer.GetSeries()) > 0 && a.format != formatJSON {
			return list(a, answer, seriesRows(answer.GetSeries()), seriesColumns())
		}
		return list(a, answer, lines, envelopeColumns())
	})
	return cmd
}

// seriesRows makes a point for each line of each date.
func seriesRows(series []*remitv1.EnvelopePoint) []*remitv1.EnvelopePoint {
	var rows []*remitv1.EnvelopePoint
	for _, p := range series {
		for _, l := range append(slices.Concat(p.GetBodies(), p.GetRegions()), p.GetEngland()) {
			rows = append(rows, &remitv1.EnvelopePoint{EffectiveOn: p.GetEffectiveOn(), Year: p.GetYear(), Bodies: []*remitv1.EnvelopeLine{l}})
		}
	}
	return rows
}

func seriesColumns() []column[*remitv1.EnvelopePoint] {
	columns := []column[*remitv1.EnvelopePoint]{
		{"on", (*remitv1.EnvelopePoint).GetEffectiveOn}, {"year", (*remitv1.EnvelopePoint).GetYear},
	}
	for _, c := range envelopeColumns() {
		columns = append(columns, column[*remitv1.EnvelopePoint]{c.head, func(p *remitv1.EnvelopePoint) string { return c.cell(p.GetBodies()[0]) }})
	}
	return columns
}

func envelopeColumns() []column[*remitv1.EnvelopeLine] {
	return []column[*remitv1.EnvelopeLine]{
		{"body", (*remitv1.EnvelopeLine).GetOrganisation},
		{"name", (*remitv1.EnvelopeLine).GetName},
		{"region", (*remitv1.EnvelopeLine).GetRegion},
		{"running", func(l *remitv1.EnvelopeLine) string { return amount(l.GetRunningPounds()) }},
		{"excluded", func(l *remitv1.EnvelopeLine) string { return amount(l.GetExcludedPounds()) }},
		{"moved", func(l *remitv1.EnvelopeLine) string { return amount(l.GetCompletedPounds()) }},
		{"planned", func(l *remitv1.EnvelopeLine) string { return amount(l.GetPlannedPounds()) }},
		{"after", func(l *remitv1.EnvelopeLine) string { return amount(l.GetAfterPounds()) }},
		{"shifted", func(l *remitv1.EnvelopeLine) string { return amount(l.GetShiftedPounds()) }},
		{"allowance", allowanceText},
	}
}

// allowanceText is the envelope by each way of counting people, with what is left of it.
func allowanceText(l *remitv1.EnvelopeLine) string {
	var texts []string
	for _, w := range l.GetAllowances() {
		if len(w.GetMissing()) > 0 {
			texts = append(texts, word(w.GetBasis())+": no population of "+summaryOf(w.GetMissing(), 4, "bodies"))
			continue
		}
		texts = append(texts, fmt.Sprintf("%s: %s, %s left", word(w.GetBasis()), amount(w.GetPounds()), amount(w.GetHeadroomPounds())))
	}
	return strings.Join(texts, "; ")
}

// amount is an amount in whole pounds.
func amount(pounds int64) string { return strconv.FormatInt(pounds, 10) }

func (a *app) shift() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "shift --from DATE --until DATE",
		Short: "How much has shifted between tiers, in money, staff and people, step by step",
		Long: `How much has moved from one tier to another between two dates, by class of function, in steps of months. Money and staff
are those of the terms; "n of m" says for how many moves they are known. The number of remits is a mere count, and no
measure of size.`,
		Example: `  remit shift --from 2022-07-01 --until today --months 12
  remit shift --from 2026-04-01 --until 2027-04-01 --function specialised-services -o csv`,
		Args: cobra.NoArgs,
	}
	var request remitv1.GetShiftRequest
	asOf := &asOfFlags{app: a, on: &dateFlag{app: a}}
	asOf.known(cmd)
	from, until := a.dateVar(cmd, "from", "the first date"), a.dateVar(cmd, "until", "the last date")
	cmd.Flags().Int32Var(&request.Months, "months", 0, "length of a step in `MONTHS`; left out: 3")
	functions := codesVar(cmd, "function", "only these functions (`CODES`)")
	organisations := codesVar(cmd, "org", "only what these bodies give or get (`CODES`)")
	required(cmd, "from", "until")
	cmd.RunE = a.do(func(cmd *cobra.Command, _ []string) (err error) {
		if request.AsOf, err = asOf.value(); err != nil {
			return err
		}
		request.From, request.Until, request.Functions = from.text, until.text, *functions
		request.Organisations = *organisations
		answer, err := asked(cmd.Context(), a, &request,
			func(c *client) func(context.Context, *remitv1.GetShiftRequest) (*remitv1.GetShiftResponse, error) {
				return c.programme().GetShift
			})
		if err != nil {
			return err
		}
		if err := list(a, answer, answer.GetMoved(), shiftColumns()); err != nil || a.format != formatTable || len(answer.GetPlanned()) == 0 {
			return err
		}
		if _, err := fmt.Fprintln(a.stdout, "\nPlanned, not happened:"); err != nil {
			return err
		}
		return printTable(a, a.stdout, answer.GetPlanned(), shiftColumns())
	})
	return cmd
}

func shiftColumns() []column[*remitv1.ShiftMove] {
	moves := func(m *remitv1.ShiftMove) int32 { return m.GetTransfers() + m.GetAgreements() + m.GetOccurrences() }
	known := func(text string, n int32, m *remitv1.ShiftMove) string {
		if n == 0 {
			return ""
		}
		return text + " (" + number(n) + " of " + number(moves(m)) + ")"
	}
	return []column[*remitv1.ShiftMove]{
		{"from", (*remitv1.ShiftMove).GetStart},
		{"to", (*remitv1.ShiftMove).GetEnd},
		{"class", func(m *remitv1.ShiftMove) string { return word(m.GetClass()) }},
		{"from tier", func(m *remitv1.ShiftMove) string { return word(m.GetFromTier()) }},
		{"to tier", func(m *remitv1.ShiftMove) string { return word(m.GetToTier()) }},
		{"pounds", func(m *remitv1.ShiftMove) string { return known(amount(m.GetPounds()), m.GetPoundsKnown(), m) }},
		{"wte", func(m *remitv1.ShiftMove) string { return known(m.GetWte(), m.GetWteKnown(), m) }},
		{"people", func(m *remitv1.ShiftMove) string { return known(amount(m.GetPopulation()), m.GetPopulationKnown(), m) }},
		{"transfers", func(m *remitv1.ShiftMove) string { return number(m.GetTransfers()) }},
		{"agreements", func(m *remitv1.ShiftMove) string { return number(m.GetAgreements()) }},
		{"occurrences", func(m *remitv1.ShiftMove) string { return number(m.GetOccurrences()) }},
		{"remits (a count)", func(m *remitv1.ShiftMove) string { return number(m.GetRemits()) }},
		{"events", func(m *remitv1.ShiftMove) string { return fewOf(m.GetEvents()) }},
	}
}
