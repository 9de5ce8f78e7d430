package eventstore

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/nats-io/nats.go/jetstream"
)

// Erase erases the texts behind commitments, in memory and on disk. What is not there, or no longer, is not an error.
// A crash on the way is made good when the vault is opened again.
func (v *Vault) Erase(ctx context.Context, commitments ...string) error {
	return v.eraseAll(ctx, commitments, nil)
}

// ErasePerson erases who acts under pseudonyms, as Erase does. The same people get other pseudonyms next time.
func (v *Vault) ErasePerson(ctx context.Context, pseudonyms ...string) error {
	return v.eraseAll(ctx, nil, pseudonyms)
}

// eraseAll erases texts and persons, and brings to its end what an earlier call could not.
func (v *Vault) eraseAll(ctx context.Context, commitments, pseudonyms []string) error {
	v.writing.Lock()
	defer v.writing.Unlock()
	return v.erase(ctx, vaultRecord{
		erasedCommitments: v.knownTexts(commitments), erasedPseudonyms: v.knownPersons(pseudonyms),
	})
}

func (v *Vault) knownTexts(commitments []string) []string {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return slices.DeleteFunc(slices.Clone(commitments), func(c string) bool { _, ok := v.texts[c]; return !ok })
}

func (v *Vault) knownPersons(pseudonyms []string) []string {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return slices.DeleteFunc(slices.Clone(pseudonyms), func(p string) bool { _, ok := v.persons[p]; return !ok })
}

// erase records what is erased, together with what the same records hold besides, and then takes those records out of
// the stream. Holds writing.
func (v *Vault) erase(ctx context.Context, erased vaultRecord) error {
	if len(erased.erasedCommitments)+len(erased.erasedPseudonyms) > 0 {
		if err := v.write(ctx, erased); err != nil {
			return fmt.Errorf("record an erasure in the vault: %w", err)
		}
	}
	return v.remove(ctx)
}

// remove takes doomed records out of the stream for good, after writing again what they hold that is not erased. Holds
// writing.
func (v *Vault) remove(ctx context.Context) error {
	slices.Sort(v.doomed)
	for len(v.doomed) > 0 {
		if err := v.removeOne(ctx, v.doomed[0]); err != nil {
			return err
		}
		v.doomed = v.doomed[1:]
	}
	return nil
}

func (v *Vault) removeOne(ctx context.Context, no uint64) error {
	data, err := getRecord(ctx, v.stream, no, v.timeout)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("erase vault record %d: %w", no, err)
	}
	if err := v.rewrite(ctx, no, data); err != nil {
		return fmt.Errorf("write vault record %d again without what is erased: %w", no, err)
	}
	err = v.stream.SecureDeleteMsg(ctx, no)
	if err == nil {
		return nil
	}
	if _, gone := getRecord(ctx, v.stream, no, v.timeout); errors.Is(gone, ErrNotFound) {
		return nil // another process was first
	}
	return fmt.Errorf("erase vault record %d: %w", no, err)
}

// rewrite writes what record no holds that is not erased once more. The guard makes sure that nobody erases some of
// it meanwhile.
func (v *Vault) rewrite(ctx context.Context, no uint64, data []byte) error {
	for range writeAttempts {
		var content vaultRecord
		if err := decode(data, &content, vaultRecordFields); err != nil {
			return fmt.Errorf("decode: %w", err)
		}
		rest := v.living(no, content)
		if rest.isEmpty() {
			return nil
		}
		err := v.write(ctx, rest, jetstream.WithExpectLastSequence(v.read))
		if !isConflict(err) {
			return err
		}
		if _, err := v.catchUp(ctx); err != nil {
			return err
		}
	}
	return fmt.Errorf("other writers were faster %d times: %w", writeAttempts, ErrOverloaded)
}

// living returns what of record no is still in use.
func (v *Vault) living(no uint64, content vaultRecord) vaultRecord {
	v.mu.RLock()
	defer v.mu.RUnlock()
	content.secrets = slices.DeleteFunc(content.secrets, func(s Secret) bool { return v.texts[s.Commitment].record != no })
	content.persons = slices.DeleteFunc(content.persons, func(p person) bool { return v.persons[p.pseudonym].record != no })
	return content
}
