package main

import (
	"context"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) delegateVary() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "vary ID",
		Short: "Offer other terms for a delegation: they hold once the delegate accepts them",
		Long: `Offer other terms for a delegation, by the delegator's board: all of them, for what is left out is no longer agreed.
They hold once the delegate's board accepts them ("remit delegate accept ID").`,
		Example: `  remit --as board@X24 delegate vary 01KABCDEFGHJKMNPQRSTVWXYZ0 --reserved "Contract awards over £10m" \
      --limits "Within the national framework" --liability "Stays with NHS England" --notice "6 months" --review-on 2028-11-01
  remit --as board@QYG delegate accept 01KABCDEFGHJKMNPQRSTVWXYZ0`,
		Args: cobra.ExactArgs(1),
	}
	terms := a.termsVar(cmd)
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.VaryDelegationRequest) (*remitv1.VaryDelegationResponse, error) {
			return c.delegations().VaryDelegation
		},
		func(args []string) (*remitv1.VaryDelegationRequest, error) {
			agreed := terms.value()
			if agreed == nil {
				return nil, noTerms()
			}
			return &remitv1.VaryDelegationRequest{DelegationId: args[0], Terms: agreed}, nil
		})
}
