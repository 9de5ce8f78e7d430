package main

import (
	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) transferCondition() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:     "condition",
		Aliases: []string{"conditions"},
		Short:   "Meet a condition: submit evidence, discharge, or waive",
		Long: `A condition that a gateway set: its owner submits evidence, then the body that set it confirms that it is met, through
another person, or does without it for a reason. "remit transfer show ID" lists the conditions.`,
	})
	cmd.AddCommand(a.conditionEvidence(), a.conditionDischarge(), a.conditionWaive())
	return cmd
}

func (a *app) conditionEvidence() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "evidence ID CONDITION --evidence DOCUMENT",
		Short: "Submit evidence that a condition is met",
		Long: `Submit evidence that a condition is met: documents by title, address, SHA-256 and date of expiry. With file=PATH the
SHA-256 of a document on this machine is worked out; the document itself is not sent.`,
		Example: `  remit --as po@S1Y5D transfer condition evidence 01KABCDEFGHJKMNPQRSTVWXYZ0 c1 \
      --evidence "title=Data agreement,uri=https://example.nhs.uk/agreement.pdf,expires=2027-11-01"
  remit --as po@S1Y5D transfer condition evidence 01KABCDEFGHJKMNPQRSTVWXYZ0 c1 --evidence file=agreement.pdf`,
		Args: cobra.ExactArgs(2),
	}
	documents := cmd.Flags().StringArray("evidence", nil,
		"a `DOCUMENT`: \"title=…,uri=…,sha256=…,expires=2027-01-01\" (or file=PATH); may be repeated")
	required(cmd, "evidence")
	i := a.issuing(cmd)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		evidence, err := a.evidenceFrom(*documents)
		if err != nil {
			return err
		}
		c, err := a.client()
		if err != nil {
			return err
		}
		return send(cmd.Context(), i, &remitv1.EvidenceConditionRequest{
			TransferId: args[0], ConditionId: args[1], Evidence: evidence,
		}, c.transfers().EvidenceCondition)
	})
	return cmd
}

func (a *app) conditionDischarge() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "discharge ID CONDITION",
		Short:   "Confirm that a condition is met: by the body that set it, through another person than the one who submitted",
		Example: `  remit --as board@Y61 transfer condition discharge 01KABCDEFGHJKMNPQRSTVWXYZ0 c1`,
		Args:    cobra.ExactArgs(2),
	}
	i := a.issuing(cmd)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		return send(cmd.Context(), i, &remitv1.DischargeConditionRequest{TransferId: args[0], ConditionId: args[1]},
			c.transfers().DischargeCondition)
	})
	return cmd
}

func (a *app) conditionWaive() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "waive ID CONDITION --reason TEXT",
		Short:   "Do without a condition, for a reason: by the body that set it",
		Example: `  remit --as board@Y61 transfer condition waive 01KABCDEFGHJKMNPQRSTVWXYZ0 c1 --reason "Covered by the national agreement"`,
		Args:    cobra.ExactArgs(2),
	}
	i := a.issuing(cmd)
	required(cmd, "reason")
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		return send(cmd.Context(), i, &remitv1.WaiveConditionRequest{TransferId: args[0], ConditionId: args[1]},
			c.transfers().WaiveCondition)
	})
	return cmd
}
