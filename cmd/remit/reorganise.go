package main

import (
	"context"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) reorganise() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "reorganise FILE",
		Short: "Merge, split, abolish or rename bodies at once, with all that they hold and all that is open",
		Long: `Record a reorganisation from a JSON file (- is standard input): the bodies and footprints that begin and end, who follows
whom, and what becomes of every remit and of every open matter (transfers, delegations, conditions, risks, interventions,
committees) of a body that ends. The first line that fits decides; while a line is missing it is refused, and every reason
is listed. --preview shows what it would change and records nothing. A second person agrees before it takes effect.

The date is not after today: a reorganisation to come is announced by "remit reorganise plan", and recorded on its day.

  {"establish": [{"code": "Z9A", "name": "NHS Example Integrated Care Board", "tier": "TIER_ICB",
                  "form": "FORM_STATUTORY_BODY", "legalPerson": true, "parent": "Y61"}],
   "ends": ["D7T5G"], "effectiveOn": "2026-11-21", "source": "Establishment order",
   "successions": [{"predecessor": "D7T5G", "successor": "Z9A", "kind": "SUCCESSION_KIND_RECODE"}],
   "coverage": [{"organisation": "Z9A", "footprints": ["06Q", "06T", "07G", "07H", "99E", "99F", "99G"]}],
   "dispositions": [{"from": "D7T5G", "to": "Z9A", "disposition": "DISPOSITION_MOVES"}],
   "matters": [{"from": "D7T5G", "to": "Z9A", "disposition": "DISPOSITION_MOVES"}]}`,
		Example: `  remit --as registrar@X24 reorganise merger.json --preview
  remit --as registrar@X24 reorganise merger.json
  remit --as second-registrar@X24 second 01KABCDEFGHJKMNPQRSTVWXYZ0`,
		Args: cobra.ExactArgs(1),
	}
	cmd.AddCommand(a.reorganisePlan())
	preview := cmd.Flags().Bool("preview", false, "show what it would change, or every reason against it, and record nothing")
	i := a.issuing(cmd)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		var request remitv1.ReorganiseRequest
		if err := a.requestFile(args[0], &request); err != nil {
			return err
		}
		if i.reason == "" {
			i.reason = request.GetReason()
		}
		if i.commandID == "" {
			i.commandID = request.GetCommandId()
		}
		if *preview {
			return a.previewReorganisation(cmd.Context(), &request, i.reason)
		}
		c, err := a.client()
		if err != nil {
			return err
		}
		return send(cmd.Context(), i, &request, c.organisations().Reorganise)
	})
	return cmd
}

// requestFile reads a request, or a part of one, in the register's own JSON. Unknown fields are refused.
func (a *app) requestFile(path string, into proto.Message) error {
	data, err := a.readFile(path)
	if err != nil {
		return err
	}
	if err := protojson.Unmarshal(data, into); err != nil {
		return usagef("%s: %w", path, err)
	}
	return nil
}

// previewReorganisation shows what a reorganisation would change, or why it would be refused; then the exit code is that of
// findings.
func (a *app) previewReorganisation(ctx context.Context, r *remitv1.ReorganiseRequest, reason string) error {
	plan := &remitv1.ReorganisationPlan{
		Establish: r.GetEstablish(), Ends: r.GetEnds(), Successions: r.GetSuccessions(), Moves: r.GetMoves(),
		OpenFootprints: r.GetOpenFootprints(), FootprintSuccessions: r.GetFootprintSuccessions(), Coverage: r.GetCoverage(),
		Dispositions: r.GetDispositions(), EffectiveOn: r.GetEffectiveOn(), Instrument: r.GetInstrument(),
		Confidence: r.GetConfidence(), Source: r.GetSource(), Matters: r.GetMatters(),
	}
	answer, err := asked(ctx, a, &remitv1.PreviewReorganisationRequest{Reason: reason, Reorganisation: plan},
		func(c *client) func(context.Context, *remitv1.PreviewReorganisationRequest) (*remitv1.PreviewReorganisationResponse, error) {
			return c.organisations().PreviewReorganisation
		})
	if err != nil {
		return err
	}
	if err := a.showPreview(answer); err != nil {
		return err
	}
	if !answer.GetAccepted() {
		return findingsError{"it would be refused: " + plural(len(answer.GetViolations()), "reason")}
	}
	return nil
}

func (a *app) showPreview(answer *remitv1.PreviewReorganisationResponse) error {
	if a.format != formatTable {
		return list(a, answer, answer.GetChanges(), previewColumns())
	}
	s := newSheet(a)
	if answer.GetAccepted() {
		s.title("It would be accepted, and take effect once a second person agrees: %s", plural(len(answer.GetEvents()), "event"))
	} else {
		s.title("It would be refused")
	}
	for _, v := range answer.GetViolations() {
		s.field(v.GetReason()+":", v.GetMessage()+" "+v.GetRemedy())
	}
	if len(answer.GetChanges()) > 0 {
		s.title("Remits that change hands")
		rows(s, answer.GetChanges(), previewColumns())
	}
	if len(answer.GetMatters()) > 0 {
		s.title("Open matters")
		rows(s, answer.GetMatters(), []column[*remitv1.DisposedMatter]{
			{"kind", func(m *remitv1.DisposedMatter) string { return word(m.GetKind()) }},
			{"id", (*remitv1.DisposedMatter).GetId},
			{"becomes", func(m *remitv1.DisposedMatter) string { return word(m.GetDisposition()) }},
			{"from", (*remitv1.DisposedMatter).GetFrom},
			{"to", (*remitv1.DisposedMatter).GetTo},
		})
	}
	return s.print()
}

func previewColumns() []column[*remitv1.PreviewedChange] {
	return []column[*remitv1.PreviewedChange]{
		{"function", func(p *remitv1.PreviewedChange) string { return subjectText(p.GetFunction(), p.GetPart()) }},
		{"role", func(p *remitv1.PreviewedChange) string { return word(p.GetRole()) }},
		{"in", func(p *remitv1.PreviewedChange) string { return summary(p.GetFootprints(), 6) }},
		{"before", (*remitv1.PreviewedChange).GetTakenFrom},
		{"after", func(p *remitv1.PreviewedChange) string {
			if p.GetUndetermined() {
				return "(undetermined)"
			}
			return p.GetHolder()
		}},
		{"acting through", (*remitv1.PreviewedChange).GetActingThrough},
		{"on", (*remitv1.PreviewedChange).GetEffectiveOn},
	}
}
