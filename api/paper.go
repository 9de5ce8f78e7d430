package api

import (
	"context"
	"fmt"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// GetCommitteePaper makes a committee's paper with a frozen data date.
func (s *programmeService) GetCommitteePaper(
	ctx context.Context, r *remitv1.GetCommitteePaperRequest,
) (*remitv1.GetCommitteePaperResponse, error) {
	at, err := s.queries.resolve(ctx, r.GetAsOf(), r.GetMinPosition())
	if err != nil {
		return nil, err
	}
	q := projections.PaperQuery{
		AsOf: at.AsOf, Committee: r.GetCommitteeId(), Organisations: strs[domain.OrganisationCode](r.GetOrganisations()),
		Days: days(r.Days), Until: date(r.GetUntil()),
	}
	if r.GetSince() != nil {
		since, err := s.queries.resolve(ctx, r.GetSince(), "")
		if err != nil {
			return nil, fmt.Errorf("the paper before: %w", err)
		}
		q.Since = since.AsOf
	}
	paper, err := s.queries.views.Paper(q)
	if err != nil {
		return nil, err //nolint:wrapcheck // a refusal, to be sent as it is
	}
	return &remitv1.GetCommitteePaperResponse{
		AsOf: at.message(), Position: number(at.Known), Digest: paper.Digest, Text: paper.Text,
		Sections: mapped(paper.Sections, paperSection), Organisations: strs[string](paper.Bodies), MapDigest: paper.Map.Digest,
	}, nil
}

func paperSection(s projections.PaperSection) *remitv1.PaperSection {
	return &remitv1.PaperSection{
		Kind: enumOf[remitv1.PaperSectionKind](s.Kind), Title: s.Title,
		Lines: mapped(s.Lines, func(l projections.PaperLine) *remitv1.PaperLine {
			return &remitv1.PaperLine{Text: l.Text, Events: mapped(l.Events, number[domain.EventNo])}
		}),
	}
}
