package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) instrumentRegister() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "register CODE --title TITLE --status STATUS --may-carry ROUTES",
		Short: "Put a legal instrument into the register, one that is only planned among them",
		Long: `Put a legal instrument into the register, by a registrar of a national body: an Act, regulations, an order, a direction,
an agreement; also one that is only planned, such as a Bill. --may-carry says for which legal routes it may be relied on,
--exclude what it must not carry. When it comes into force can be said now (--commences) or later ("remit instrument commence").`,
		Example: `  remit --as registrar@X24 instrument register si-2027-101 --title "Functions of NHS England Order 2027" --status made \
      --may-carry statutory --commences on=2027-04-01 --source "SI 2027/101"
  remit --as registrar@X24 instrument register direction-2026-7 --title "Directions 2026 no. 7" --power s.13YB --status in_force \
      --may-carry direction --commences "on=2026-12-01,in=06H,06K,authority=SI 2026/900" \
      --exclude "body=X24,section=s.14Z25,source=SI 2022/642 reg. 2"`,
		Args: cobra.ExactArgs(1),
	}
	var d remitv1.InstrumentDetails
	flags := cmd.Flags()
	flags.StringVar(&d.Title, "title", "", "its title")
	flags.StringVar(&d.Power, "power", "", "the power that it uses or gives, such as s.65Z5")
	status := wordVar[remitv1.InstrumentStatus](cmd, "status", "where it stands")
	carry := wordsVar[remitv1.TransferKind](cmd, "may-carry", "the legal routes for which it may be relied on")
	formVar(cmd, "exclude", "a `SECTION` that it must not carry: \"body=X24,section=s.14Z25,source=SI 2022/642 reg. 2\" "+
		"(body left out: anybody's); may be repeated", func(text string) error {
		given, err := pairs(text, "body", "section", "source")
		d.Exclusions = append(d.Exclusions, &remitv1.Exclusion{Body: given["body"], Section: given["section"], Source: given["source"]})
		return err
	})
	formVar(cmd, "commences", "`WHEN` it comes into force: \"on=2027-04-01,in=06H,06K,authority=SI 2027/9\" (in left out: everywhere; "+
		"authority: what commences it, where not itself); may be repeated", func(text string) error {
		commencement, err := a.commencementFrom(text)
		d.Commencements = append(d.Commencements, commencement)
		return err
	})
	confidence := wordVar[remitv1.Confidence](cmd, "confidence", "how sure that is")
	flags.StringVar(&d.Source, "source", "", "publication that says so")
	required(cmd, "title", "status")
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.RegisterInstrumentRequest) (*remitv1.RegisterInstrumentResponse, error) {
			return c.instruments().RegisterInstrument
		},
		func(args []string) (*remitv1.RegisterInstrumentRequest, error) {
			d.Status, d.MayCarry, d.Confidence = status.value(), carry.values, confidence.value()
			return &remitv1.RegisterInstrumentRequest{Code: args[0], Details: &d}, nil
		})
}

// commencementFrom reads when an instrument comes into force: "on=2027-04-01,in=06H,06K,authority=SI 2027/9".
func (a *app) commencementFrom(text string) (*remitv1.Commencement, error) {
	given, err := pairs(text, "on", "in", "authority")
	if err != nil {
		return nil, err
	}
	on, err := a.isoDate(given["on"])
	if err != nil || on == "" {
		return nil, fmt.Errorf("on: %q is not a date: write it as 2026-04-01, or today, yesterday, tomorrow", given["on"])
	}
	commencement := &remitv1.Commencement{On: on, Authority: given["authority"]}
	if given["in"] != "" {
		commencement.Footprints = strings.Split(given["in"], ",")
	}
	return commencement, nil
}

func (a *app) instrumentCommence() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "commence CODE --on DATE",
		Short: "Record when and where an instrument comes into force; the date may lie ahead",
		Long: `Record when an instrument comes into force, by a registrar of a national body: everywhere, or in some footprints only.
It may commence in several steps. The date may lie ahead.`,
		Example: `  remit --as registrar@X24 instrument commence health-bill-2026 --on 2027-04-01 --authority "SI 2027/101"
  remit --as registrar@X24 instrument commence health-bill-2026 --on 2027-10-01 --in 06H,06K --authority "SI 2027/344"`,
		Args: cobra.ExactArgs(1),
	}
	on := a.dateVar(cmd, "on", "the first date on which it is in force")
	in := codesVar(cmd, "in", "`CODES` of footprints; left out: everywhere")
	authority := cmd.Flags().String("authority", "", "what commences it, where that is not the instrument itself")
	required(cmd, "on")
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.CommenceInstrumentRequest) (*remitv1.CommenceInstrumentResponse, error) {
			return c.instruments().CommenceInstrument
		},
		func(args []string) (*remitv1.CommenceInstrumentRequest, error) {
			return &remitv1.CommenceInstrumentRequest{
				Code: args[0], Commencement: &remitv1.Commencement{On: on.text, Footprints: *in, Authority: *authority},
			}, nil
		})
}

func (a *app) instrumentDiscard() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "discard CODE --on DATE",
		Short: "Record that an instrument is given up or revoked, and what took its place",
		Long: `Record that an instrument has no force from a date, by a registrar of a national body: a Bill that is given up, an order
that is revoked. What rests on it stays recorded as it is; what is planned under it needs another instrument.`,
		Example: `  remit --as registrar@X24 instrument discard health-bill-2026 --on today --replaced-by health-act-2027 --reason "Royal Assent"`,
		Args:    cobra.ExactArgs(1),
	}
	on := a.dateVar(cmd, "on", "the first date on which it has no force")
	by := cmd.Flags().String("replaced-by", "", "`CODE` of the instrument that took its place")
	required(cmd, "on")
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.DiscardInstrumentRequest) (*remitv1.DiscardInstrumentResponse, error) {
			return c.instruments().DiscardInstrument
		},
		func(args []string) (*remitv1.DiscardInstrumentRequest, error) {
			return &remitv1.DiscardInstrumentRequest{Code: args[0], EffectiveOn: on.text, ReplacedBy: *by}, nil
		})
}
