package api

import (
	"context"

	"github.com/remit-register/remit/domain"
)

// What is shown in place of a personal text that cannot be read.
const (
	erasedText  = "[erased]"  // its erasure is recorded
	missingText = "[missing]" // it should be there: the vault was lost, or put back from a copy that is too old
)

// shown returns a converter that reads personal texts from the vault and resolves no pseudonym.
func (q *queries) shown() shown {
	vault := q.store.Vault()
	return shown{
		text: func(t domain.Text) string {
			if t.Commitment == "" {
				return ""
			}
			text, ok := vault.Text(t.Commitment)
			switch {
			case ok:
				return text
			case q.views.IsErased(domain.Commitment(t.Commitment)):
				return erasedText
			}
			return missingText
		},
		person: func(domain.Actor) string { return "" },
	}
}

// shownTo returns a converter that also names the people behind pseudonyms, as far as the rules let the caller learn it.
func (q *queries) shownTo(ctx context.Context) shown {
	s := q.shown()
	p := personFrom(ctx)
	caller := domain.Caller{Subject: p.subject, Organisation: p.organisation, Roles: p.roles}
	today := q.today()
	s.person = func(a domain.Actor) string {
		subject, _, ok := q.store.Vault().Person(a.Subject)
		if !ok || p.isAnonymous() || !q.views.MayResolve(caller, a.Organisation, today) {
			return ""
		}
		return subject
	}
	return s
}
