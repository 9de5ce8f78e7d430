package main

import (
	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) claims() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "claims",
		Short: "What bodies say that they hold, or do not hold",
		Long: `What bodies say that they hold, or do not hold, in the order of recording. A claim changes no holding; where claims
contradict each other or the register, "remit coherence --kind contested" says so.`,
		Example: `  remit claims --by S1Y5D
  remit claims --function eprr,send -o csv`,
		Args: cobra.NoArgs,
	}
	asOf := a.asOf(cmd)
	by := cmd.Flags().String("by", "", "only those of the body `CODE`")
	functions := codesVar(cmd, "function", "only about these functions (`CODES`)")
	limit := limitVar(cmd, 0)
	cmd.RunE = a.do(func(cmd *cobra.Command, _ []string) error {
		at, err := asOf.value()
		if err != nil {
			return err
		}
		request := &remitv1.ListClaimsRequest{AsOf: at, PageSize: listPage, Claimant: *by, Functions: *functions}
		return pages[*remitv1.ListClaimsResponse, *remitv1.Claim]{
			ask: func(c *client, token string) (*remitv1.ListClaimsResponse, error) {
				request.PageToken = token
				return c.records().ListClaims(cmd.Context(), request)
			},
			items:   (*remitv1.ListClaimsResponse).GetClaims,
			keep:    func(r *remitv1.ListClaimsResponse, all []*remitv1.Claim) { r.Claims, r.NextPageToken = all, "" },
			columns: claimColumns(),
		}.show(a, *limit)
	})
	return cmd
}

func claimColumns() []column[*remitv1.Claim] {
	return []column[*remitv1.Claim]{
		{"claim", (*remitv1.Claim).GetClaimId},
		{"by", (*remitv1.Claim).GetClaimant},
		{"says", func(c *remitv1.Claim) string {
			if c.GetHolds() {
				return "holds"
			}
			return "does not hold"
		}},
		{"function", func(c *remitv1.Claim) string { return subjectText(c.GetFunction(), c.GetPart()) }},
		{"in", func(c *remitv1.Claim) string { return summary(c.GetFootprints(), 4) }},
		{"roles", func(c *remitv1.Claim) string { return wordsOf(c.GetRoles()) }},
		{"from", (*remitv1.Claim).GetEffectiveOn},
		{"basis", (*remitv1.Claim).GetBasis},
		{"event", (*remitv1.Claim).GetSourceEvent},
	}
}

func (a *app) attestations() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "attestations",
		Short: "When bodies looked through what the register says that they hold, and what they found",
		Example: `  remit attestations --org S1Y5D
  remit attestations -o csv`,
		Args: cobra.NoArgs,
	}
	asOf := a.asOf(cmd)
	organisation := cmd.Flags().String("org", "", "only those of the body `CODE`")
	limit := limitVar(cmd, 0)
	cmd.RunE = a.do(func(cmd *cobra.Command, _ []string) error {
		at, err := asOf.value()
		if err != nil {
			return err
		}
		request := &remitv1.ListAttestationsRequest{AsOf: at, PageSize: listPage, Organisation: *organisation}
		return pages[*remitv1.ListAttestationsResponse, *remitv1.Attestation]{
			ask: func(c *client, token string) (*remitv1.ListAttestationsResponse, error) {
				request.PageToken = token
				return c.records().ListAttestations(cmd.Context(), request)
			},
			items: (*remitv1.ListAttestationsResponse).GetAttestations,
			keep: func(r *remitv1.ListAttestationsResponse, all []*remitv1.Attestation) {
				r.Attestations, r.NextPageToken = all, ""
			},
			columns: attestationColumns(),
		}.show(a, *limit)
	})
	return cmd
}

func attestationColumns() []column[*remitv1.Attestation] {
	return []column[*remitv1.Attestation]{
		{"attestation", (*remitv1.Attestation).GetAttestationId},
		{"body", (*remitv1.Attestation).GetOrganisation},
		{"on", (*remitv1.Attestation).GetEffectiveOn},
		{"register after event", (*remitv1.Attestation).GetAttestedPosition},
		{"agrees", func(a *remitv1.Attestation) string { return yes(a.GetAgrees()) }},
		{"exceptions", (*remitv1.Attestation).GetExceptions},
		{"event", (*remitv1.Attestation).GetSourceEvent},
	}
}
