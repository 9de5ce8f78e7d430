package api

import (
	"context"

	"github.com/remit-register/remit/domain"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// ImportMap records what a function map says that the register does not.
func (s *recordService) ImportMap(
	ctx context.Context, r *remitv1.ImportMapRequest,
) (*remitv1.ImportMapResponse, error) {
	done, err := submit(ctx, s.commands, r, importMap(r))
	answer := &remitv1.ImportMapResponse{Receipt: done.receipt, ImportId: done.id}
	answer.AwaitingSecond, answer.AwaitingId = done.awaiting()
	for _, e := range done.events {
		if f, ok := e.Fact.(domain.FunctionMapImported); ok {
			answer.Added, answer.Same, answer.Differing = count(f.Added), count(f.Same), count(f.Differing)
		}
	}
	return answer, err
}

func importMap(r *remitv1.ImportMapRequest) domain.ImportMap {
	return domain.ImportMap{
		Kind: word[domain.ImportKind](r.GetKind()), Claimant: domain.OrganisationCode(r.GetClaimant()), SHA256: r.GetSha256(),
		FileName: clearText(r.GetFileName()), Rows: int(r.GetRows()), Lines: mapped(r.GetLines(), importLine),
	}
}

func importLine(m *remitv1.ImportLine) domain.ImportLine {
	return domain.ImportLine{
		Function: domain.FunctionCode(m.GetFunction()), Part: domain.PartCode(m.GetPart()),
		Holder: domain.OrganisationCode(m.GetHolder()), Footprints: strs[domain.FootprintCode](m.GetFootprints()),
		Roles: words[domain.Role](m.GetRoles()), EffectiveOn: date(m.GetEffectiveOn()),
		Instrument:    domain.InstrumentCode(m.GetInstrument()),
		AccountableTo: domain.OrganisationCode(m.GetAccountableTo()), HeldThrough: m.GetHeldThrough(),
		Confidence: word[domain.Confidence](m.GetConfidence()), Source: m.GetSource(), Basis: clearText(m.GetBasis()),
	}
}
