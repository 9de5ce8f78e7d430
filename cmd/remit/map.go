package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// Holdings in a page of the map: the most that the register gives at once.
const mapPage = 5000

func (a *app) orgMap() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "map",
		Short: "Every holding in force on a date, or those that you choose",
		Long: `The map: every holding in force on a date, as known at a time, by function, footprint and role.
Choose with the flags; each may be given several codes, separated by commas.

--rollup sums up by area: who holds each role in how many footprints, and whether one body holds it everywhere.`,
		Example: `  remit map --org S1Y5D
  remit map --in S1Y5D --role accountable
  remit map --rollup region --function eprr
  remit map --function eprr --role accountable,exercising --on 2026-04-01
  remit map --on 2026-03-31 -o csv > map.csv`,
		Args: cobra.NoArgs,
	}
	query := a.mapQuery(cmd)
	rollup := wordVar[remitv1.AreaLevel](cmd, "rollup", "sum up by area")
	limit := limitVar(cmd, 0)
	cmd.RunE = a.do(func(cmd *cobra.Command, _ []string) error {
		request, err := query(cmd.Context())
		if err != nil {
			return err
		}
		request.Rollup = rollup.value()
		if request.GetRollup() != remitv1.AreaLevel_AREA_LEVEL_UNSPECIFIED {
			return a.showRollup(cmd, request, *limit)
		}
		return a.mapPages(cmd.Context(), request).show(a, *limit)
	})
	return cmd
}

// mapQuery adds the flags that choose among all holdings, and returns what makes a request of them.
func (a *app) mapQuery(cmd *cobra.Command) func(context.Context) (*remitv1.GetMapRequest, error) {
	asOf := a.asOf(cmd)
	functions := codesVar(cmd, "function", "only these functions (`CODES`)")
	organisations := codesVar(cmd, "org", "only what these organisations hold, themselves or acting for another (`CODES`)")
	in := codesVar(cmd, "in", placesUsage)
	tiers := wordsVar[remitv1.Tier](cmd, "tier", "only what bodies of these tiers hold")
	roles := wordsVar[remitv1.Role](cmd, "role", "only these roles")
	return func(ctx context.Context) (*remitv1.GetMapRequest, error) {
		at, err := asOf.value()
		if err != nil {
			return nil, err
		}
		footprints, err := a.places(ctx, *in, at)
		return &remitv1.GetMapRequest{
			AsOf: at, PageSize: mapPage, Functions: *functions, Organisations: *organisations, Footprints: footprints,
			Tiers: tiers.values, Roles: roles.values,
		}, err
	}
}

func (a *app) showRollup(cmd *cobra.Command, request *remitv1.GetMapRequest, limit int) error {
	return pages[*remitv1.GetMapResponse, *remitv1.AreaHolders]{
		ask: func(c *client, token string) (*remitv1.GetMapResponse, error) {
			request.PageToken = token
			return c.maps().GetMap(cmd.Context(), request)
		},
		items: (*remitv1.GetMapResponse).GetAreas,
		keep:  func(r *remitv1.GetMapResponse, all []*remitv1.AreaHolders) { r.Areas, r.NextPageToken = all, "" },
		columns: []column[*remitv1.AreaHolders]{
			{"function", func(h *remitv1.AreaHolders) string { return subjectText(h.GetFunction(), h.GetPart()) }},
			{"area", (*remitv1.AreaHolders).GetArea},
			{"role", func(h *remitv1.AreaHolders) string { return word(h.GetRole()) }},
			{"one holder", func(h *remitv1.AreaHolders) string { return yes(h.GetUniform()) }},
			{"footprints", func(h *remitv1.AreaHolders) string { return strconv.Itoa(int(h.GetFootprints())) }},
			{"unheld", func(h *remitv1.AreaHolders) string { return strconv.Itoa(int(h.GetUnheld())) }},
			{"holders", areaHoldersText},
		},
	}.show(a, limit)
}

// areaHoldersText says who holds a role in how many footprints of an area.
func areaHoldersText(h *remitv1.AreaHolders) string {
	var holders []string
	for _, holder := range h.GetHolders() {
		who := holder.GetHolder()
		switch {
		case holder.GetUndetermined():
			who = "undetermined"
		case holder.GetActingThrough() != "":
			who += " through " + holder.GetActingThrough()
		}
		holders = append(holders, fmt.Sprintf("%s (%d)", who, holder.GetFootprints()))
	}
	return strings.Join(holders, ", ")
}

func (a *app) mapPages(ctx context.Context, request *remitv1.GetMapRequest) pages[*remitv1.GetMapResponse, *remitv1.Holding] {
	return pages[*remitv1.GetMapResponse, *remitv1.Holding]{
		ask: func(c *client, token string) (*remitv1.GetMapResponse, error) {
			request.PageToken = token
			return c.maps().GetMap(ctx, request)
		},
		items:   (*remitv1.GetMapResponse).GetHoldings,
		keep:    func(r *remitv1.GetMapResponse, all []*remitv1.Holding) { r.Holdings, r.NextPageToken = all, "" },
		columns: a.holdingColumns(nil),
	}
}

func (a *app) diff() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "diff --from DATE --to DATE",
		Short: "What differs between the maps of two dates, and the events that caused it",
		Long: `The remits whose holders differ between two dates, with the holders before and after, and the numbers of the events
that caused it ("remit events NUMBER" shows one). --known-at and --known-position hold for both dates.`,
		Example: `  remit diff --from 2026-03-31 --to 2026-04-01 --function eprr
  remit diff --from 2026-03-31 --to today --org S1Y5D -o csv`,
		Args: cobra.NoArgs,
	}
	from := a.dateVar(cmd, "from", "the date before")
	to := a.dateVar(cmd, "to", "the date after; left out: today")
	required(cmd, "from")
	known := &asOfFlags{app: a}
	known.known(cmd)
	functions := codesVar(cmd, "function", "only these functions (`CODES`)")
	organisations := codesVar(cmd, "org", "only what these organisations held before or hold after (`CODES`)")
	in := codesVar(cmd, "in", placesUsage)
	tiers := wordsVar[remitv1.Tier](cmd, "tier", "only what bodies of these tiers held before or hold after")
	roles := wordsVar[remitv1.Role](cmd, "role", "only these roles")
	limit := limitVar(cmd, 0)
	cmd.RunE = a.do(func(cmd *cobra.Command, _ []string) error {
		before, err := known.at(from.text)
		if err != nil {
			return err
		}
		after, err := known.at(to.text)
		if err != nil {
			return err
		}
		footprints, err := a.places(cmd.Context(), *in, before, after)
		if err != nil {
			return err
		}
		return a.showDiff(cmd, &remitv1.CompareMapsRequest{
			From: before, To: after, PageSize: listPage, Functions: *functions, Organisations: *organisations,
			Footprints: footprints, Tiers: tiers.values, Roles: roles.values,
		}, *limit)
	})
	return cmd
}

func (a *app) showDiff(cmd *cobra.Command, request *remitv1.CompareMapsRequest, limit int) error {
	return pages[*remitv1.CompareMapsResponse, *remitv1.MapChange]{
		ask: func(c *client, token string) (*remitv1.CompareMapsResponse, error) {
			request.PageToken = token
			return c.maps().CompareMaps(cmd.Context(), request)
		},
		items:   (*remitv1.CompareMapsResponse).GetChanges,
		keep:    func(r *remitv1.CompareMapsResponse, all []*remitv1.MapChange) { r.Changes, r.NextPageToken = all, "" },
		columns: changeColumns(),
	}.show(a, limit)
}

func changeColumns() []column[*remitv1.MapChange] {
	was, is := changed((*remitv1.MapChange).GetBefore, (*remitv1.MapChange).GetAfter)
	return []column[*remitv1.MapChange]{
		{"function", func(m *remitv1.MapChange) string { return subjectText(m.GetFunction(), m.GetPart()) }},
		{"footprint", (*remitv1.MapChange).GetFootprint},
		{"role", func(m *remitv1.MapChange) string { return word(m.GetRole()) }},
		{"before", was},
		{"after", is},
		{"events", func(m *remitv1.MapChange) string { return joinWords(m.GetCauseEvents()) }},
	}
}
