package api

import (
	"context"
	"fmt"
	"strings"

	"github.com/remit-register/remit/domain"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// recordService serves remit.v1.RecordService.
type recordService struct {
	commands *commands
	queries  *queries
	load     func(ctx context.Context, until domain.Date) (Loaded, error)
}

// RecordOccurrence records a change that happened by law or outside the register.
func (s *recordService) RecordOccurrence(
	ctx context.Context, r *remitv1.RecordOccurrenceRequest,
) (*remitv1.RecordOccurrenceResponse, error) {
	done, err := submit(ctx, s.commands, r, recordOccurrence(r))
	answer := &remitv1.RecordOccurrenceResponse{Receipt: done.receipt}
	answer.AwaitingSecond, answer.AwaitingId = done.awaiting()
	return answer, err
}

// ErasePersonalData has personal data erased.
func (s *recordService) ErasePersonalData(
	ctx context.Context, r *remitv1.ErasePersonalDataRequest,
) (*remitv1.ErasePersonalDataResponse, error) {
	command := erasePersonalData(r)
	command.Pseudonyms = mapped(command.Pseudonyms, s.pseudonym)
	done, err := submit(ctx, s.commands, r, command)
	answer := &remitv1.ErasePersonalDataResponse{Receipt: done.receipt}
	answer.AwaitingSecond, answer.AwaitingId = done.awaiting()
	return answer, err
}

func erasePersonalData(r *remitv1.ErasePersonalDataRequest) domain.ErasePersonalData {
	return domain.ErasePersonalData{
		Texts: mapped(r.GetTexts(), func(m *remitv1.PersonalText) domain.TextRef {
			return domain.TextRef{Event: position(m.GetEvent()), Field: m.GetField()}
		}),
		Pseudonyms: strs[domain.Pseudonym](r.GetPseudonyms()), Authority: r.GetAuthority(),
	}
}

// pseudonym returns the pseudonym that somebody is meant by: it itself, or that of a name with a body. Where nobody has
// that name it is one that nobody has, for the rules to refuse after they have looked at who asks.
func (s *recordService) pseudonym(who domain.Pseudonym) domain.Pseudonym {
	name := string(who)
	at := strings.LastIndexByte(name, '@')
	if at < 0 {
		return who
	}
	pseudonym, ok := s.commands.store.Vault().KnownPseudonym(name[:at], domain.OrganisationCode(name[at+1:]))
	if !ok {
		return "that name"
	}
	return domain.Pseudonym(pseudonym)
}

// LoadReference loads the reference register, in the name of the register's own loader.
func (s *recordService) LoadReference(
	ctx context.Context, r *remitv1.LoadReferenceRequest,
) (*remitv1.LoadReferenceResponse, error) {
	loaded, err := s.load(ctx, date(r.GetUntil()))
	if err != nil {
		return nil, fmt.Errorf("load the reference register: %w", err)
	}
	return &remitv1.LoadReferenceResponse{
		Commands: int32(loaded.Commands), //nolint:gosec // a few thousand
		Recorded: int32(loaded.Recorded), //nolint:gosec // no more than that
		Position: number(loaded.Position),
	}, nil
}
