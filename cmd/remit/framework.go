package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) framework() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:     "framework",
		Aliases: []string{"frameworks"},
		Short:   "The gateways that a transfer of each weight must pass",
		Long: `The gateway frameworks: which domains both parties rate, and who decides in which order. A proposal takes the lightest
that fits. What was proposed under a framework keeps it as it was, whatever is set later.`,
	})
	cmd.AddCommand(a.frameworkList(), a.frameworkSet())
	return cmd
}

func (a *app) frameworkList() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "The frameworks, from the lightest",
		Example: `  remit framework list
  remit framework list -o json`,
		Args: cobra.NoArgs,
	}
	asOf := a.asOf(cmd)
	cmd.RunE = a.do(func(cmd *cobra.Command, _ []string) error {
		at, err := asOf.value()
		if err != nil {
			return err
		}
		answer, err := asked(cmd.Context(), a, &remitv1.ListFrameworksRequest{AsOf: at},
			func(c *client) func(context.Context, *remitv1.ListFrameworksRequest) (*remitv1.ListFrameworksResponse, error) {
				return c.programme().ListFrameworks
			})
		if err != nil {
			return err
		}
		return list(a, answer, answer.GetFrameworks(), frameworkColumns())
	})
	return cmd
}

func frameworkColumns() []column[*remitv1.Framework] {
	return []column[*remitv1.Framework]{
		{"framework", (*remitv1.Framework).GetCode},
		{"name", (*remitv1.Framework).GetName},
		{"weight", func(f *remitv1.Framework) string { return number(f.GetWeight()) }},
		{"gateways", func(f *remitv1.Framework) string {
			var codes []string
			for _, g := range f.GetGateways() {
				codes = append(codes, g.GetCode())
			}
			return strings.Join(codes, ", ")
		}},
		{"domains", func(f *remitv1.Framework) string { return strings.Join(f.GetDomains(), ", ") }},
		{"statements", func(f *remitv1.Framework) string { return strings.Join(f.GetNotice().GetStatements(), ", ") }},
	}
}

func (a *app) frameworkSet() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "set FILE",
		Short: "Set a framework from a JSON file, for the proposals to come",
		Long: `Set a framework from a JSON file (- is standard input), by a registrar of a national body, for the proposals to come:

  {"code": "light-2027", "name": "Light transfer", "weight": 15, "domains": ["people", "money_risk"],
   "gateways": [{"code": "sender-readiness", "party": "PARTY_SENDER", "role": "board", "opinionRequired": true}]}`,
		Example: `  remit framework list -o jsonl
  remit --as registrar@X24 framework set light-2027.json --reason "Circular 14 of 2026"`,
		Args: cobra.ExactArgs(1),
	}
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.SetFrameworkRequest) (*remitv1.SetFrameworkResponse, error) {
			return c.programme().SetFramework
		},
		func(args []string) (*remitv1.SetFrameworkRequest, error) {
			framework := &remitv1.Framework{}
			return &remitv1.SetFrameworkRequest{Framework: framework}, a.requestFile(args[0], framework)
		})
}
