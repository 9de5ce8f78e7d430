package main

import (
	"strings"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) functions() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "functions [CODE]",
		Aliases: []string{"function"},
		Short:   "The functions in the register, or all that is recorded of one; define, revise, divide",
		Long: `The functions in the register by code, or, with a code, all that is recorded of that function. The commands below put
functions into the register, change what is recorded of them, and divide them into parts.`,
		Example: `  remit functions
  remit functions --category review_for_transfer
  remit function eprr`,
		Args: cobra.MaximumNArgs(1),
	}
	cmd.AddCommand(a.functionDefine(), a.functionRevise(), a.functionDivide())
	asOf := a.asOf(cmd)
	class := wordVar[remitv1.FunctionClass](cmd, "class", "only of this class")
	category := wordVar[remitv1.Category](cmd, "category", "only of this category of the Model ICB Blueprint")
	legal := wordVar[remitv1.LegalStatus](cmd, "legal-status", "only with this standing in law")
	under := cmd.Flags().String("group", "", "only those listed under the function `CODE`")
	limit := limitVar(cmd, 0)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		at, err := asOf.value()
		if err != nil {
			return err
		}
		if len(args) == 1 {
			return a.showFunction(cmd, &remitv1.GetFunctionRequest{AsOf: at, Code: args[0]})
		}
		return a.showFunctions(cmd, &remitv1.ListFunctionsRequest{
			AsOf: at, PageSize: listPage, Class: class.value(), Category: category.value(), LegalStatus: legal.value(), Group: *under,
		}, *limit)
	})
	return cmd
}

func (a *app) showFunctions(cmd *cobra.Command, request *remitv1.ListFunctionsRequest, limit int) error {
	return pages[*remitv1.ListFunctionsResponse, *remitv1.Function]{
		ask: func(c *client, token string) (*remitv1.ListFunctionsResponse, error) {
			request.PageToken = token
			return c.functions().ListFunctions(cmd.Context(), request)
		},
		items: (*remitv1.ListFunctionsResponse).GetFunctions,
		keep: func(r *remitv1.ListFunctionsResponse, all []*remitv1.Function) {
			r.Functions, r.NextPageToken = all, ""
		},
		columns: functionColumns(),
	}.show(a, limit)
}

func (a *app) showFunction(cmd *cobra.Command, request *remitv1.GetFunctionRequest) error {
	c, err := a.client()
	if err != nil {
		return err
	}
	answer, err := c.functions().GetFunction(cmd.Context(), request)
	if err != nil {
		return err
	}
	a.sayAsOf(answer.GetAsOf())
	return object(a, answer, answer.GetFunction(), functionColumns(), func(s *sheet) { functionSheet(s, answer.GetFunction()) })
}

func functionSheet(s *sheet, f *remitv1.Function) {
	d := f.GetDetails()
	s.title("%s  %s", f.GetCode(), d.GetName())
	s.field("class", word(d.GetClass()))
	s.field("category", word(d.GetCategory()))
	s.field("held for each", strings.TrimSpace(word(d.GetFootprintKind())+" "+wordsOf(d.GetOwnOperationOf())))
	s.field("destination", wordsOf(d.GetDestinationTiers()))
	s.field("claimed there", d.GetReceiverClaim())
	s.field("boundary", d.GetBoundary())
	s.field("sender keeps", strings.TrimSpace(word(d.GetRetainedRole())+" "+d.GetRetainedNote()))
	s.field("listed under", d.GetGroup())
	s.field("in law", word(d.GetLegalStatus()))
	for _, basis := range d.GetLegalBasis() {
		s.field("legal basis", joinSome(
			strings.TrimSpace(firstOf(basis.GetAct(), "none found")+" "+basis.GetSection()),
			unless(basis.GetBinds() == "", "binds "+basis.GetBinds()),
			unless(basis.GetCheckedBy() == "", "checked by "+basis.GetCheckedBy()+" on "+basis.GetCheckedOn())))
	}
	for _, rule := range d.GetRules() {
		s.field("rule", word(rule.GetRole())+": "+word(rule.GetRule()))
	}
	s.field("source", d.GetSource())
	s.field("revision", f.GetRevision())
	if len(f.GetParts()) > 0 {
		s.title("Parts")
		rows(s, f.GetParts(), []column[*remitv1.Part]{
			{"part", func(p *remitv1.Part) string { return subjectText(f.GetCode(), p.GetCode()) }},
			{"name", (*remitv1.Part).GetName},
		})
	}
}

func functionColumns() []column[*remitv1.Function] {
	return []column[*remitv1.Function]{
		{"code", (*remitv1.Function).GetCode},
		{"name", func(f *remitv1.Function) string { return f.GetDetails().GetName() }},
		{"class", func(f *remitv1.Function) string { return word(f.GetDetails().GetClass()) }},
		{"held for each", func(f *remitv1.Function) string { return word(f.GetDetails().GetFootprintKind()) }},
		{"category", func(f *remitv1.Function) string { return word(f.GetDetails().GetCategory()) }},
		{"destination", func(f *remitv1.Function) string { return wordsOf(f.GetDetails().GetDestinationTiers()) }},
		{"in law", func(f *remitv1.Function) string { return word(f.GetDetails().GetLegalStatus()) }},
	}
}
