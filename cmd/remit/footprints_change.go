package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) footprintsChange() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "change (--open FOOTPRINT … | --cover CODE:FOOTPRINTS …) --on DATE",
		Short: "Open footprints, or say who covers them, from a date",
		Long: `Open footprints, such as the neighbourhoods of a place, or say which body covers them from a date, by a registrar of a
national body. Footprints that split or merge, and those of a body that ends, are changed by "remit reorganise".`,
		Example: `  remit --as registrar@X24 footprints change --open "code=Z7N1,name=Luton North,kind=neighbourhood" \
      --open "code=Z7N2,name=Luton South,kind=neighbourhood" --cover S1Y5D:Z7N1,Z7N2 --on today --source "Place plan 2026"`,
		Args: cobra.NoArgs,
	}
	var request remitv1.ChangeFootprintsRequest
	formVar(cmd, "open", "a `FOOTPRINT` that begins: \"code=…,name=…,kind=…\" (kind: "+
		alternatives(enumWords[remitv1.FootprintKind](remitv1.FootprintKind(0).Descriptor()))+"); may be repeated", func(text string) error {
		given, err := pairs(text, "code", "name", "kind")
		if err != nil {
			return err
		}
		kind, err := parseWord[remitv1.FootprintKind](given["kind"])
		if err != nil {
			return fmt.Errorf("kind %w", err)
		}
		request.Open = append(request.Open, &remitv1.NewFootprint{Code: given["code"], Name: given["name"], Kind: kind})
		return nil
	})
	formVar(cmd, "cover", "who covers what: `CODE:FOOTPRINT,FOOTPRINT`; may be repeated", func(text string) error {
		organisation, footprints, _ := strings.Cut(text, ":")
		if organisation == "" || footprints == "" {
			return fmt.Errorf("%q: write it as S1Y5D:06H,06K", text)
		}
		request.Coverage = append(request.Coverage, &remitv1.Coverage{
			Organisation: organisation, Footprints: strings.Split(footprints, ","),
		})
		return nil
	})
	on := a.dateVar(cmd, "on", "the first date on which it is so")
	cmd.Flags().StringVar(&request.Source, "source", "", "publication or decision that says so")
	cmd.MarkFlagsOneRequired("open", "cover")
	required(cmd, "on")
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.ChangeFootprintsRequest) (*remitv1.ChangeFootprintsResponse, error) {
			return c.organisations().ChangeFootprints
		},
		func([]string) (*remitv1.ChangeFootprintsRequest, error) {
			request.EffectiveOn = on.text
			return &request, nil
		})
}
