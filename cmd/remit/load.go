package main

import (
	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) load() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "load FILE",
		Short: "Give the commands of a file to a running register, one after the other",
		Long: `Give commands to a running register in the order of a file (- is standard input), in the name of --as. Each line is a
JSON object: the call, and its request as the register's own JSON:

  {"method": "FunctionService/AllocateFunction", "request": {"function": "eprr", "holder": "S1Y5D", …}}

A request without a commandId gets one that follows from the line's content, so that loading a file twice changes
nothing. Two lines that say the same are one command, unless they have ids of their own. It stops at the first line
that is refused, and names it; load the file again once that is put right.`,
		Example: `  remit --as registrar@X24 load allocations.jsonl
  remit --as registrar@X24 load reference --until 2022-07-01`,
		Args: cobra.ExactArgs(1),
	}
	validate := cmd.Flags().Bool("validate-only", false, "say which lines would be refused as things stand, and record nothing")
	cmd.AddCommand(a.loadReference())
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		return a.loadFile(cmd.Context(), args[0], *validate)
	})
	return cmd
}

func (a *app) loadReference() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "reference [--until DATE]",
		Short: "Load the reference register that comes with the server",
		Long: `Have a running register load the reference register that comes with it: England's bodies, functions and real changes.
What is loaded already stays as it is. A new register does this by itself unless it is started with --empty.`,
		Example: `  remit --as registrar@X24 load reference
  remit --as registrar@X24 load reference --until 2022-07-01`,
		Args: cobra.NoArgs,
	}
	until := a.dateVar(cmd, "until", "only facts that take effect on or before this date, and no plans; left out: everything")
	cmd.RunE = a.do(func(cmd *cobra.Command, _ []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		answer, err := c.records().LoadReference(cmd.Context(), &remitv1.LoadReferenceRequest{Until: until.text})
		if err != nil {
			return err
		}
		if a.format == formatTable {
			a.say("The register holds all of it%s.", unless(until.text == "", " that took effect by "+until.text))
		}
		return list(a, answer, []*remitv1.LoadReferenceResponse{answer}, []column[*remitv1.LoadReferenceResponse]{
			{"commands", func(r *remitv1.LoadReferenceResponse) string { return number(r.GetCommands()) }},
			{"recorded now", func(r *remitv1.LoadReferenceResponse) string { return number(r.GetRecorded()) }},
			{"last event", (*remitv1.LoadReferenceResponse).GetPosition},
		})
	})
	return cmd
}
