package eventstore

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
)

// unfoundTexts are the commitments of texts, and the pseudonyms, that events refer to and that the vault does not have.
type unfoundTexts map[string]struct{}

// add takes the events of a block.
func (u unfoundTexts) add(v *Vault, b block) {
	for _, commitment := range b.texts {
		if _, ok := v.Text(commitment); !ok {
			u[commitment] = struct{}{}
		}
	}
	for _, e := range b.events {
		if !isPseudonym(e.Actor.Subject) {
			continue
		}
		if _, _, ok := v.Person(e.Actor.Subject); !ok {
			u[e.Actor.Subject] = struct{}{}
		}
	}
}

// checkVault compares the vault with what the events refer to. What is missing there although neither an event nor the
// vault itself says that it was erased is a damaged vault: where its server dropped records while repairing itself, its
// stream calls them deleted as well. Where that is accepted, what is missing is recorded instead.
func (s *Store) checkVault(ctx context.Context) error {
	unexplained := s.unexplained()
	if len(unexplained) > 0 && !s.conn.embedded() {
		// Another process may have recorded an erasure and carried it out since the journal was read.
		if err := s.catchUp(ctx, func(b block) error { return s.extend(b, false) }); err != nil {
			return fmt.Errorf("catch up with the journal: %w", err)
		}
		unexplained = s.unexplained()
	}
	s.earlier.noteErased(s.erasing)
	s.lostTexts = len(s.unfound)
	s.rememberLost()
	s.unfound = nil
	switch n := len(unexplained); {
	case n > 0 && !s.cfg.AcceptMissing:
		return fmt.Errorf("%d personal texts or people that events refer to are missing from the vault, and nothing says that they "+
			"were erased: %w", n, ErrVaultIncomplete)
	case n > 0:
		if err := s.vault.markMissing(ctx, unexplained); err != nil {
			return fmt.Errorf("record what is missing in the vault: %w", err)
		}
	}
	if s.lostTexts > 0 {
		s.cfg.Logger.WarnContext(ctx, "personal texts or people that events refer to were in no copy from which the register was restored; "+
			"`remit restore` with a backup that has them brings them back", slog.Int("missing", s.lostTexts))
	}
	return nil
}

// unexplained leaves in unfound what no event says was erased, and returns, sorted, what of that the vault does not say
// is erased or missing either.
func (s *Store) unexplained() []string {
	for _, commitment := range s.erasing.commitments {
		delete(s.unfound, commitment)
	}
	for _, pseudonym := range s.erasing.pseudonyms {
		delete(s.unfound, pseudonym)
	}
	s.vault.mu.RLock()
	defer s.vault.mu.RUnlock()
	return slices.DeleteFunc(slices.Sorted(maps.Keys(s.unfound)), func(name string) bool {
		_, known := s.vault.gone[name]
		return known
	})
}

// missingRecord is how many commitments or pseudonyms one record of missing ones holds: far less than a record can be.
const missingRecord = 20_000

// markMissing records commitments and pseudonyms that events refer to and that are nowhere to be found.
func (v *Vault) markMissing(ctx context.Context, names []string) error {
	v.writing.Lock()
	defer v.writing.Unlock()
	for some := range slices.Chunk(names, missingRecord) {
		var content vaultRecord
		for _, name := range some {
			if isPseudonym(name) {
				content.missingPseudonyms = append(content.missingPseudonyms, name)
			} else {
				content.missingCommitments = append(content.missingCommitments, name)
			}
		}
		if err := v.write(ctx, content); err != nil {
			return err
		}
	}
	return nil
}

// LostTexts returns how many personal texts, and people behind pseudonyms, that events refer to were not in the vault
// when the store was opened, although no event says that they were erased: they were in no copy from which the register
// was restored. Questions show them as missing.
func (s *Store) LostTexts() int { return s.lostTexts }
