package eventstore

import (
	"context"
	"log/slog"
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

// isPseudonym tells whether a subject is one that Vault.Pseudonym made.
func isPseudonym(subject string) bool {
	const prefix, digits = "p-", 16
	return len(subject) == len(prefix)+digits && subject[:len(prefix)] == prefix
}

// countLost counts the texts that are in the vault no longer although the log does not say that they were erased. The
// vault's stream does not tell: where its server dropped records while repairing itself, it calls them deleted.
func (s *Store) countLost(ctx context.Context) {
	for _, commitment := range s.erasing.commitments {
		delete(s.unfound, commitment)
	}
	for _, pseudonym := range s.erasing.pseudonyms {
		delete(s.unfound, pseudonym)
	}
	s.lostTexts, s.unfound = len(s.unfound), nil
	if s.lostTexts > 0 {
		s.cfg.Logger.WarnContext(ctx, "personal texts or people that events refer to are not in the vault, and no event says that they were "+
			"erased; `remit restore` with a backup brings back what that has", slog.Int("missing", s.lostTexts))
	}
}

// LostTexts returns how many personal texts, and people behind pseudonyms, that events refer to were missing from the vault when the store was opened,
// although no event says that they were erased. Questions show them as missing.
func (s *Store) LostTexts() int { return s.lostTexts }
