package eventstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/remit-register/remit/domain"
)

// eraseAgain is how long an erasure that failed waits until it is tried again.
const eraseAgain = 5 * time.Second

// erasures is what recorded events say is erased, and what is to be erased from the vault yet.
type erasures struct {
	commitments, pseudonyms []string
}

// add takes the erasure that an event records, if it is of that kind.
func (x *erasures) add(e domain.Event) {
	f, ok := e.Fact.(domain.PersonalDataErased)
	if !ok {
		return
	}
	for _, t := range f.Texts {
		x.commitments = append(x.commitments, string(t.Commitment))
	}
	for _, p := range f.Pseudonyms {
		x.pseudonyms = append(x.pseudonyms, string(p))
	}
}

// erase brings what recorded events say is erased to its end in the vault: after the commit that records it, when the
// store opens, in case a crash came in between or the vault was put back from an older copy, and when another process
// recorded it. What the vault no longer has is no error.
func (s *Store) erase(ctx context.Context) error {
	due := s.erasing
	if len(due.commitments)+len(due.pseudonyms) == 0 {
		return nil
	}
	err := s.vault.eraseAll(ctx, due.commitments, due.pseudonyms)
	if err == nil {
		s.erasing = erasures{}
	}
	return err
}

// eraseRecorded erases, and tries again later where that fails: the events are recorded, so it must come true.
func (s *Store) eraseRecorded(ctx context.Context) {
	err := s.erase(ctx)
	if err == nil {
		return
	}
	s.cfg.Logger.ErrorContext(ctx, "could not erase personal data whose erasure is recorded; it is tried again", slog.Any("error", err))
	if errors.Is(err, ErrDoubtfulWrite) {
		s.fault(ctx, err)
		return
	}
	time.AfterFunc(eraseAgain, s.queue.poke)
}

// recall completes a command that is decided on what recorded events and the vault hold.
func (s *Store) recall(ctx context.Context, command domain.Command) (domain.Command, error) {
	c, ok := command.(domain.ErasePersonalData)
	if !ok {
		return command, nil
	}
	var texts []domain.CommittedText
	seen := make(map[domain.EventNo]bool, len(c.Texts))
	for _, r := range c.Texts {
		if seen[r.Event] {
			continue
		}
		seen[r.Event] = true
		events, err := s.Read(ctx, r.Event, r.Event)
		if errors.Is(err, ErrNotFound) {
			continue // the rules say so
		}
		if err != nil {
			return nil, fmt.Errorf("read event %d, whose texts are to be erased: %w", r.Event, err)
		}
		found, err := PersonalTexts(events[0])
		if err != nil {
			return nil, err
		}
		texts = append(texts, found...)
	}
	return c.WithRecorded(texts).WithPeople(func(p domain.Pseudonym) (domain.OrganisationCode, bool) {
		_, body, ok := s.vault.Person(string(p))
		return body, ok
	}), nil
}
