package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// termNames are the names of the flags for terms.
func termNames() []string {
	return []string{
		"reserved", "limits", "liability", "notice", "review-on", "ends-on", "onward-permitted", "onward-depth", "agreement-ref",
		"money", "staff", "contract", "liabilities", "records", "subcontract", "controller", "data-agreement", "new-liability",
		"redundancy", "new-controller",
	}
}

// noTerms says which flags make terms.
func noTerms() error {
	return usagef("no terms are given: give at least one of --%s", strings.Join(termNames(), ", --"))
}

// carried adds the flags for what goes over with a function.
func (t *termsFlags) carried(a *app) {
	flags := t.cmd.Flags()
	flags.Int32Var(&t.terms.OnwardDepth, "onward-depth", 0, "how often in a row it may be delegated further; 0 means once")
	formVar(t.cmd, "money", "`MONEY` that moves: \"class=running-cost,pounds=120000,year=2027/28,recurrent=yes\" "+
		"(class also programme, capital; host-share=0.6 in a pooled fund); may be repeated", t.money)
	formVar(t.cmd, "staff", "`WHO` moves: \"wte=12.5,employer=Y61,mechanism=tupe,consulted=2026-10-31\" "+
		"(mechanism also cosop, secondment, none)", func(text string) error { return t.staff(a, text) })
	flags.StringArrayVar(&t.terms.Contracts, "contract", nil, "`REFERENCE` of a contract that goes over; may be repeated")
	flags.StringVar(&t.terms.Liabilities, "liabilities", "", "what becomes of the liabilities")
	flags.StringVar(&t.terms.Records, "records", "", "what becomes of the records")
	formVar(t.cmd, "subcontract", "`WHO` delivers for whom: \"from=RWK,to=RT1,agreement=C/26/7\"; may be repeated", t.subcontract)
	flags.StringVar(&t.terms.Controller, "controller", "", "`CODE` of the body that decides over personal data from then on")
	flags.StringVar(&t.terms.DataAgreement, "data-agreement", "", "reference of the agreement about personal data")
	flags.BoolVar(&t.terms.NewLiability, "new-liability", false, "it brings a liability that was not there before")
	flags.BoolVar(&t.terms.Redundancy, "redundancy", false, "it brings redundancies")
	flags.BoolVar(&t.terms.NewController, "new-controller", false, "it brings another controller of personal data")
}

func (t *termsFlags) money(text string) error {
	given, err := pairs(text, "class", "pounds", "year", "recurrent", "host-share")
	if err != nil {
		return err
	}
	class, err := parseWord[remitv1.CostClass](given["class"])
	if err != nil {
		return fmt.Errorf("class %w", err)
	}
	pounds, err := pounds(given["pounds"])
	if err != nil {
		return err
	}
	recurrent, err := yesNo(given["recurrent"])
	if err != nil {
		return fmt.Errorf("recurrent: %w", err)
	}
	t.terms.Money = append(t.terms.Money, &remitv1.MoneyTerm{
		Class: class, Recurrent: recurrent, Pounds: pounds, Year: given["year"], HostShare: given["host-share"],
	})
	return nil
}

// pounds reads an amount in whole pounds; commas and a pound sign may stand in it.
func pounds(text string) (int64, error) {
	amount, err := strconv.ParseInt(strings.NewReplacer(",", "", "£", "").Replace(text), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no amount in whole pounds, such as 120000", text)
	}
	return amount, nil
}

func (t *termsFlags) staff(a *app, text string) error {
	given, err := pairs(text, "wte", "employer", "mechanism", "consulted")
	if err != nil {
		return err
	}
	staff := &remitv1.StaffTerms{Wte: given["wte"], Employer: given["employer"]}
	if given["mechanism"] != "" {
		if staff.Mechanism, err = parseWord[remitv1.StaffMechanism](given["mechanism"]); err != nil {
			return fmt.Errorf("mechanism %w", err)
		}
	}
	if staff.ConsultedOn, err = a.isoDate(given["consulted"]); err != nil {
		return fmt.Errorf("consulted %w", err)
	}
	t.terms.Staff = staff
	return nil
}

func (t *termsFlags) subcontract(text string) error {
	given, err := pairs(text, "from", "to", "agreement")
	if err != nil {
		return err
	}
	t.terms.Subcontracts = append(t.terms.Subcontracts, &remitv1.Subcontract{
		From: given["from"], To: given["to"], AgreementRef: given["agreement"],
	})
	return nil
}

// carriedSheet shows what goes over with a function.
func carriedSheet(s *sheet, terms *remitv1.Terms) {
	for _, m := range terms.GetMoney() {
		text := fmt.Sprintf("£%d %s in %s", m.GetPounds(), word(m.GetClass()), m.GetYear())
		s.field("money", text+unless(!m.GetRecurrent(), ", recurrent")+unless(m.GetHostShare() == "", ", host bears "+m.GetHostShare()))
	}
	if staff := terms.GetStaff(); staff != nil {
		text := unless(staff.GetWte() == "", staff.GetWte()+" WTE") + unless(staff.GetEmployer() == "", " to "+staff.GetEmployer()) +
			unless(staff.GetMechanism() == 0, " by "+word(staff.GetMechanism())) +
			unless(staff.GetConsultedOn() == "", ", consulted until "+staff.GetConsultedOn())
		s.field("staff", strings.TrimSpace(text))
	}
	s.field("contracts", strings.Join(terms.GetContracts(), ", "))
	s.field("liabilities", terms.GetLiabilities())
	s.field("records", terms.GetRecords())
	for _, c := range terms.GetSubcontracts() {
		s.field("subcontract", c.GetFrom()+" to "+c.GetTo()+" "+c.GetAgreementRef())
	}
	s.field("controller", terms.GetController())
	s.field("data agreement", terms.GetDataAgreement())
	s.field("brings", joinSome(unless(!terms.GetNewLiability(), "a new liability"), unless(!terms.GetRedundancy(), "redundancies"),
		unless(!terms.GetNewController(), "another controller")))
}

// joinSome joins the texts that are not empty.
func joinSome(texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(text string) bool { return text == "" }), ", ")
}
