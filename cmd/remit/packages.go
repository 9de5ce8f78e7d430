package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) packages() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "packages [ID]",
		Short: "The packages of transfers, or one of them with where each of its transfers stands",
		Example: `  remit packages --org S1Y5D
  remit packages 01KABCDEFGHJKMNPQRSTVWXYZ0`,
		Args: cobra.MaximumNArgs(1),
	}
	asOf := a.asOf(cmd)
	transfer := cmd.Flags().String("transfer", "", "only those with the transfer `ID`")
	organisation := cmd.Flags().String("org", "", "only those in which the body `CODE` sends or receives")
	limit := limitVar(cmd, 0)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		at, err := asOf.value()
		if err != nil {
			return err
		}
		if len(args) == 1 {
			return a.showPackage(cmd.Context(), &remitv1.GetPackageRequest{AsOf: at, PackageId: args[0]})
		}
		request := &remitv1.ListPackagesRequest{AsOf: at, PageSize: listPage, TransferId: *transfer, Organisation: *organisation}
		return pages[*remitv1.ListPackagesResponse, *remitv1.Package]{
			ask: func(c *client, token string) (*remitv1.ListPackagesResponse, error) {
				request.PageToken = token
				return c.transfers().ListPackages(cmd.Context(), request)
			},
			items:   (*remitv1.ListPackagesResponse).GetPackages,
			keep:    func(r *remitv1.ListPackagesResponse, all []*remitv1.Package) { r.Packages, r.NextPageToken = all, "" },
			columns: packageColumns(),
		}.show(a, *limit)
	})
	return cmd
}

func packageColumns() []column[*remitv1.Package] {
	return []column[*remitv1.Package]{
		{"package", (*remitv1.Package).GetPackageId},
		{"name", (*remitv1.Package).GetName},
		{"transfers", func(p *remitv1.Package) string { return fmt.Sprint(len(p.GetMembers())) }},
		{"completed", func(p *remitv1.Package) string {
			completed := 0
			for _, m := range p.GetMembers() {
				if m.GetState() == remitv1.TransferState_TRANSFER_STATE_COMPLETED {
					completed++
				}
			}
			return fmt.Sprint(completed)
		}},
		{"case", (*remitv1.Package).GetCase},
		{"event", (*remitv1.Package).GetSourceEvent},
	}
}

func (a *app) packageShow() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "show ID",
		Short:   "A package with its transfers and where each stands",
		Example: `  remit package show 01KABCDEFGHJKMNPQRSTVWXYZ0`,
		Args:    cobra.ExactArgs(1),
	}
	asOf := a.asOf(cmd)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		at, err := asOf.value()
		if err != nil {
			return err
		}
		return a.showPackage(cmd.Context(), &remitv1.GetPackageRequest{AsOf: at, PackageId: args[0]})
	})
	return cmd
}

func (a *app) showPackage(ctx context.Context, request *remitv1.GetPackageRequest) error {
	answer, err := asked(ctx, a, request,
		func(c *client) func(context.Context, *remitv1.GetPackageRequest) (*remitv1.GetPackageResponse, error) {
			return c.transfers().GetPackage
		})
	if err != nil {
		return err
	}
	p := answer.GetPackage()
	if a.format != formatTable {
		return list(a, answer, p.GetMembers(), memberColumns())
	}
	s := newSheet(a)
	s.title("Package %s", p.GetPackageId())
	s.field("name", p.GetName())
	s.field("case", p.GetCase())
	s.field("event", p.GetSourceEvent())
	s.title("Transfers")
	rows(s, p.GetMembers(), memberColumns())
	return s.print()
}

func memberColumns() []column[*remitv1.PackageMember] {
	return []column[*remitv1.PackageMember]{
		{"transfer", (*remitv1.PackageMember).GetTransferId},
		{"state", func(m *remitv1.PackageMember) string { return word(m.GetState()) }},
		{"function", func(m *remitv1.PackageMember) string { return subjectText(m.GetFunction(), m.GetPart()) }},
		{"from", (*remitv1.PackageMember).GetSender},
		{"to", (*remitv1.PackageMember).GetReceiver},
		{"on", (*remitv1.PackageMember).GetEffectiveOn},
		{"gateways passed", func(m *remitv1.PackageMember) string {
			passed := 0
			for _, g := range m.GetGateways() {
				if g.GetPassed() {
					passed++
				}
			}
			return fmt.Sprintf("%d of %d", passed, len(m.GetGateways()))
		}},
	}
}
