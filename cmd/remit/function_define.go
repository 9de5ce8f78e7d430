package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"google.golang.org/protobuf/reflect/protoreflect"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) functionDefine() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "define CODE --name NAME --class CLASS --footprint-kind KIND",
		Short: "Put a function into the register, by a registrar of a national body",
		Long: `Put a function into the register, by a registrar of a national body. Nobody holds it yet: "remit allocate" records who
does. As long as nobody has checked whether statute confers it, leave --legal-status out: it counts as statutory.
--details reads what the flags say from a JSON file (- is standard input); flags go over it:

  {"name": "Community equipment", "class": "FUNCTION_CLASS_DELIVERY", "footprintKind": "FOOTPRINT_KIND_LOCATION"}`,
		Example: `  remit --as registrar@X24 function define community-equipment --name "Community equipment" --class delivery \
      --footprint-kind location --category review_for_transfer --destination-tiers provider --source "Model ICB Blueprint 2025"
  remit --as registrar@X24 function define staff-canteens --name "Staff canteens" --class delivery \
      --footprint-kind own_operation --own-operation-of icb,provider --legal-status not_statutory \
      --legal-basis "checked-by=head-of-legal,checked-on=2026-11-02"`,
		Args: cobra.ExactArgs(1),
	}
	d := a.functionDetailsVar(cmd)
	for _, name := range []string{"name", "class", "footprint-kind"} {
		cmd.MarkFlagsOneRequired(name, "details")
	}
	return gives(cmd, a.issuing(cmd),
		func(c *client) func(context.Context, *remitv1.DefineFunctionRequest) (*remitv1.DefineFunctionResponse, error) {
			return c.functions().DefineFunction
		},
		func(args []string) (*remitv1.DefineFunctionRequest, error) {
			details, err := d.over(&remitv1.FunctionDetails{})
			if err == nil && details.GetLegalStatus() == 0 {
				details.LegalStatus = remitv1.LegalStatus_LEGAL_STATUS_UNKNOWN
			}
			return &remitv1.DefineFunctionRequest{Code: args[0], Details: details}, err
		})
}

func (a *app) functionRevise() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "revise CODE",
		Short: "Change what is recorded of a function, such as a legal check: what is left out stays",
		Long: `Change what is recorded of a function, by a registrar of a national body: what is left out stays as it is. Where a flag
takes several values they replace those that were there; "" leaves none. It is refused if somebody else has changed the
function in the meantime. "remit function CODE" shows what is recorded.`,
		Example: `  remit --as registrar@X24 function revise eprr --boundary "Planning and command, not the ambulance service's response"
  remit --as registrar@X24 function revise green-plan --legal-status not_statutory \
      --legal-basis "checked-by=head-of-legal,checked-on=2026-11-02" --reason "Counsel's advice of 2 November"`,
		Args: cobra.ExactArgs(1),
	}
	d := a.functionDetailsVar(cmd)
	i := a.issuing(cmd)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		if !d.given() {
			return usagef("nothing is changed: give at least one flag such as --boundary (see 'remit function revise --help')")
		}
		c, err := a.client()
		if err != nil {
			return err
		}
		present, err := c.functions().GetFunction(cmd.Context(), &remitv1.GetFunctionRequest{Code: args[0]})
		if err != nil {
			return err
		}
		details, err := d.over(present.GetFunction().GetDetails())
		if err != nil {
			return err
		}
		if i.expectedRevision == 0 {
			if i.expectedRevision, err = strconv.ParseUint(present.GetFunction().GetRevision(), 10, 64); err != nil {
				return fmt.Errorf("read the function's revision: %w", err)
			}
		}
		return send(cmd.Context(), i, &remitv1.ReviseFunctionRequest{Code: args[0], Details: details}, c.functions().ReviseFunction)
	})
	return cmd
}

// functionDetailsFlags are what is recorded of a function. Each flag has the name of its field.
type functionDetailsFlags struct {
	app     *app
	cmd     *cobra.Command
	details remitv1.FunctionDetails
	file    string
	words   struct {
		class        *enumFlag[remitv1.FunctionClass]
		kind         *enumFlag[remitv1.FootprintKind]
		tiers        *enumFlag[remitv1.Tier]
		category     *enumFlag[remitv1.Category]
		destinations *enumFlag[remitv1.Tier]
		status       *enumFlag[remitv1.LegalStatus]
		retained     *enumFlag[remitv1.Role]
	}
}

func (a *app) functionDetailsVar(cmd *cobra.Command) *functionDetailsFlags {
	d := &functionDetailsFlags{app: a, cmd: cmd}
	flags := cmd.Flags()
	flags.StringVar(&d.details.Name, "name", "", "name of the function")
	d.words.class = wordVar[remitv1.FunctionClass](cmd, "class", "what it does")
	d.words.kind = wordVar[remitv1.FootprintKind](cmd, "footprint-kind", "for each of what it is held")
	d.words.tiers = wordsVar[remitv1.Tier](cmd, "own-operation-of", "tiers whose bodies hold it for themselves, where --footprint-kind is own_operation")
	d.words.category = wordVar[remitv1.Category](cmd, "category", "what the Model ICB Blueprint foresees for it")
	d.words.destinations = wordsVar[remitv1.Tier](cmd, "destination-tiers", "where it is expected to go")
	formVar(cmd, "rules", "how many may hold a role at a time: `ROLE=RULE` (sole, joint or concurrent); may be repeated. Left out: "+
		"accountable, exercising and funding sole, delivering and overview concurrent", d.rule)
	d.words.status = wordVar[remitv1.LegalStatus](cmd, "legal-status", "whether statute confers it")
	formVar(cmd, "legal-basis", "`WHERE` the law confers it, and the role that checked it: "+
		"\"act=NHS Act 2006,section=s.252A,binds=X24,checked-by=head-of-legal,checked-on=2026-11-02\"; may be repeated", d.basis)
	flags.StringVar(&d.details.Boundary, "boundary", "", "where it ends")
	d.words.retained = wordVar[remitv1.Role](cmd, "retained-role", "the role that the sender keeps when it moves")
	flags.StringVar(&d.details.RetainedNote, "retained-note", "", "what the sender keeps, in words")
	claims := []string{"stays", "claimed", "not_claimed", "partly", "contested", "no_receiver", "no_legal_body"}
	flags.StringVar(&d.details.ReceiverClaim, "receiver-claim", "", "whether the destination's own model claims it: "+alternatives(claims))
	completeWords(cmd, "receiver-claim", claims)
	flags.StringVar(&d.details.Group, "group", "", "`CODE` of the function under which it is listed")
	flags.StringVar(&d.details.Source, "source", "", "publication that says so")
	flags.StringVar(&d.file, "details", "", "JSON `FILE` with all of it")
	return d
}

// rule reads ROLE=RULE.
func (d *functionDetailsFlags) rule(text string) error {
	if text == "" {
		return nil
	}
	role, rule, _ := strings.Cut(text, "=")
	r, err := parseWord[remitv1.Role](role)
	if err != nil {
		return err
	}
	many, err := parseWord[remitv1.RemitRule](rule)
	d.details.Rules = append(d.details.Rules, &remitv1.RoleRule{Role: r, Rule: many})
	return err
}

func (d *functionDetailsFlags) basis(text string) error {
	if text == "" {
		return nil
	}
	given, err := pairs(text, "act", "section", "binds", "checked-by", "checked-on")
	if err != nil {
		return err
	}
	on, err := d.app.isoDate(given["checked-on"])
	if err != nil {
		return fmt.Errorf("checked-on %w", err)
	}
	d.details.LegalBasis = append(d.details.LegalBasis, &remitv1.LegalBasis{
		Act: given["act"], Section: given["section"], Binds: given["binds"], CheckedBy: given["checked-by"], CheckedOn: on,
	})
	return nil
}

// given tells whether any flag of the details was given.
func (d *functionDetailsFlags) given() bool { return d.file != "" || len(d.changed()) > 0 }

// changed are the fields whose flags were given.
func (d *functionDetailsFlags) changed() []protoreflect.FieldDescriptor {
	fields := d.details.ProtoReflect().Descriptor().Fields()
	var changed []protoreflect.FieldDescriptor
	d.cmd.Flags().Visit(func(f *pflag.Flag) {
		if field := fields.ByName(protoreflect.Name(strings.ReplaceAll(f.Name, "-", "_"))); field != nil {
			changed = append(changed, field)
		}
	})
	return changed
}

// over returns details with what the flags say put over them: of a file, or else of those given.
func (d *functionDetailsFlags) over(details *remitv1.FunctionDetails) (*remitv1.FunctionDetails, error) {
	if d.file != "" {
		details = &remitv1.FunctionDetails{}
		if err := d.app.requestFile(d.file, details); err != nil {
			return nil, err
		}
	}
	w := &d.words
	d.details.Class, d.details.FootprintKind, d.details.OwnOperationOf = w.class.value(), w.kind.value(), w.tiers.values
	d.details.Category, d.details.DestinationTiers = w.category.value(), w.destinations.values
	d.details.LegalStatus, d.details.RetainedRole = w.status.value(), w.retained.value()
	from, to := d.details.ProtoReflect(), details.ProtoReflect()
	for _, field := range d.changed() {
		to.Clear(field)
		if from.Has(field) {
			to.Set(field, from.Get(field))
		}
	}
	return details, nil
}
