package api

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/remit-register/remit/domain"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func terms(m *remitv1.Terms) domain.Terms {
	return domain.Terms{
		Reserved: clearText(m.GetReserved()), Limits: clearText(m.GetLimits()),
		Liability: clearText(m.GetLiability()), Notice: clearText(m.GetNotice()),
		ReviewOn: date(m.GetReviewOn()), EndsOn: date(m.GetEndsOn()),
		OnwardPermitted: m.GetOnwardPermitted(), OnwardDepth: int64(m.GetOnwardDepth()), AgreementRef: m.GetAgreementRef(),
		Money: mapped(m.GetMoney(), moneyTerm), Staff: staffTerms(m.GetStaff()), Contracts: m.GetContracts(),
		Liabilities: clearText(m.GetLiabilities()), Records: clearText(m.GetRecords()),
		Subcontracts: mapped(m.GetSubcontracts(), subcontract),
		Controller:   domain.OrganisationCode(m.GetController()), DataAgreement: m.GetDataAgreement(),
		NewLiability: m.GetNewLiability(), Redundancy: m.GetRedundancy(), NewController: m.GetNewController(),
	}
}

func moneyTerm(m *remitv1.MoneyTerm) domain.MoneyTerm {
	return domain.MoneyTerm{
		Class: word[domain.CostClass](m.GetClass()), Recurrent: m.GetRecurrent(), Pounds: m.GetPounds(), Year: m.GetYear(),
		HostShare: m.GetHostShare(),
	}
}

// staffTerms reads who moves. Staff are stated where their number was given, also where it is 0.
func staffTerms(m *remitv1.StaffTerms) domain.StaffTerms {
	return domain.StaffTerms{
		WTE: hundredths(m.GetWte()), Stated: m.GetWte() != "", Employer: domain.OrganisationCode(m.GetEmployer()),
		Mechanism: word[string](m.GetMechanism()), ConsultedOn: date(m.GetConsultedOn()),
	}
}

func subcontract(m *remitv1.Subcontract) domain.Subcontract {
	return domain.Subcontract{
		From: domain.OrganisationCode(m.GetFrom()), To: domain.OrganisationCode(m.GetTo()), AgreementRef: m.GetAgreementRef(),
	}
}

func transferResult(m *remitv1.TransferResult) domain.TransferResult {
	return domain.TransferResult{
		Function: domain.FunctionCode(m.GetFunction()), Part: domain.PartCode(m.GetPart()),
		Footprints: strs[domain.FootprintCode](m.GetFootprints()),
	}
}

func (s shown) terms(t domain.Terms) *remitv1.Terms {
	m := &remitv1.Terms{
		Reserved: s.text(t.Reserved), Limits: s.text(t.Limits), Liability: s.text(t.Liability), Notice: s.text(t.Notice),
		ReviewOn: t.ReviewOn.String(), EndsOn: t.EndsOn.String(), OnwardPermitted: t.OnwardPermitted,
		OnwardDepth:  int32(t.OnwardDepth), //nolint:gosec // 20 at most
		AgreementRef: t.AgreementRef, Money: mapped(t.Money, moneyMessage), Contracts: t.Contracts,
		Liabilities: s.text(t.Liabilities), Records: s.text(t.Records),
		Subcontracts: mapped(t.Subcontracts, subcontractMessage), Controller: string(t.Controller),
		DataAgreement: t.DataAgreement, NewLiability: t.NewLiability, Redundancy: t.Redundancy,
		NewController: t.NewController,
	}
	if t.Staff != (domain.StaffTerms{}) {
		m.Staff = staffMessage(t.Staff)
	}
	return m
}

func moneyMessage(m domain.MoneyTerm) *remitv1.MoneyTerm {
	return &remitv1.MoneyTerm{
		Class: enumOf[remitv1.CostClass](m.Class), Recurrent: m.Recurrent, Pounds: m.Pounds, Year: m.Year,
		HostShare: m.HostShare,
	}
}

func staffMessage(t domain.StaffTerms) *remitv1.StaffTerms {
	m := &remitv1.StaffTerms{
		Employer: string(t.Employer), Mechanism: enumOf[remitv1.StaffMechanism](t.Mechanism),
		ConsultedOn: t.ConsultedOn.String(),
	}
	if t.Stated {
		m.Wte = hundredthsText(t.WTE)
	}
	return m
}

func subcontractMessage(c domain.Subcontract) *remitv1.Subcontract {
	return &remitv1.Subcontract{From: string(c.From), To: string(c.To), AgreementRef: c.AgreementRef}
}

func resultMessage(r domain.TransferResult) *remitv1.TransferResult {
	return &remitv1.TransferResult{
		Function: string(r.Function), Part: string(r.Part), Footprints: strs[string](r.Footprints),
	}
}

// hundredths reads a decimal number with at most two decimals as a number of hundredths. Its format was checked before.
func hundredths(text string) int64 {
	whole, decimals, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole+(decimals + "00")[:2], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// hundredthsText writes a number of hundredths as a decimal number with two decimals.
func hundredthsText(n int64) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
}
