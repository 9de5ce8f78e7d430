package eventstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/remit-register/remit/domain"
)

// Names of the vault in JetStream. They are part of the stored format.
const (
	vaultStream  = "REMIT_VAULT"
	vaultSubject = "remit.vault"
)

// Vault holds what could name a person: the texts behind commitments and the people behind pseudonyms. It is as
// durable as the journal, but what is in it can be erased. All of it is kept in memory. Its methods may be called
// concurrently.
type Vault struct {
	js       jetstream.JetStream
	stream   jetstream.Stream
	random   io.Reader
	timeout  time.Duration
	embedded bool // the server is ours: a missing answer may be a failed fsync

	writing sync.Mutex // held while writing or catching up; taken before mu
	read    uint64     // guarded by writing: number of the last record read
	doomed  []uint64   // guarded by writing: records that hold something erased, to be taken out of the stream

	mu         sync.RWMutex
	texts      map[string]keptText   // guarded by mu: by commitment
	persons    map[string]keptPerson // guarded by mu: by pseudonym
	pseudonyms map[string]string     // guarded by mu: by person.name
	gone       map[string]struct{}   // guarded by mu: commitments and pseudonyms that a record says are erased or missing
}

// keptText is a secret and the record that holds it.
type keptText struct {
	secret Secret
	record uint64
}

// keptPerson is a person and the record that holds them.
type keptPerson struct {
	person
	record uint64
}

// openVault reads the whole vault and brings erasures to their end that a crash interrupted.
func openVault(ctx context.Context, js jetstream.JetStream, cfg Config, embedded bool) (*Vault, error) {
	stream, err := openStream(ctx, js, vaultPolicy(cfg.Replicas))
	if err != nil {
		return nil, err
	}
	v := &Vault{
		js: js, stream: stream, random: cfg.Random, timeout: cfg.Timeout, embedded: embedded,
		texts: map[string]keptText{}, persons: map[string]keptPerson{}, pseudonyms: map[string]string{}, gone: map[string]struct{}{},
	}
	v.writing.Lock()
	defer v.writing.Unlock()
	if v.doomed, err = v.catchUp(ctx); err != nil {
		return nil, err
	}
	return v, v.remove(ctx)
}

// apply takes what record no holds into memory, and returns the records that hold what it says is erased.
func (v *Vault) apply(no uint64, content vaultRecord) (doomed []uint64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, s := range content.secrets {
		v.texts[s.Commitment] = keptText{s, no}
	}
	for _, p := range content.persons {
		v.persons[p.pseudonym] = keptPerson{p, no}
		v.pseudonyms[p.name()] = p.pseudonym
	}
	for _, names := range [][]string{
		content.erasedCommitments, content.erasedPseudonyms, content.missingCommitments, content.missingPseudonyms,
	} {
		for _, name := range names {
			v.gone[name] = struct{}{}
		}
	}
	for _, commitment := range content.erasedCommitments {
		if kept, ok := v.texts[commitment]; ok {
			doomed = append(doomed, kept.record)
			delete(v.texts, commitment)
		}
	}
	for _, pseudonym := range content.erasedPseudonyms {
		if kept, ok := v.persons[pseudonym]; ok {
			doomed = append(doomed, kept.record)
			delete(v.persons, pseudonym)
			delete(v.pseudonyms, kept.name())
		}
	}
	return doomed
}

// Text returns the text behind a commitment (hex), or false when there is none, or no longer.
func (v *Vault) Text(commitment string) (string, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	kept, ok := v.texts[commitment]
	return kept.secret.Text, ok
}

// Person returns who acts under a pseudonym, or false when nobody does, or no longer. Who may ask is the caller's to
// check.
func (v *Vault) Person(pseudonym string) (subject string, organisation domain.OrganisationCode, ok bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	kept, ok := v.persons[pseudonym]
	return kept.subject, kept.organisation, ok
}

// Pseudonym returns the pseudonym of a person, always the same one. It is made at the first call, and on disk before
// it is returned. The same subject at another body is another person.
func (v *Vault) Pseudonym(ctx context.Context, subject string, organisation domain.OrganisationCode) (string, error) {
	p := person{subject: subject, organisation: organisation}
	if pseudonym, ok := v.pseudonymOf(p); ok {
		return pseudonym, nil
	}
	v.writing.Lock()
	defer v.writing.Unlock()
	for range writeAttempts {
		if pseudonym, ok := v.pseudonymOf(p); ok {
			return pseudonym, nil
		}
		p, err := newPerson(v.random, subject, organisation)
		if err != nil {
			return "", err
		}
		err = v.write(ctx, vaultRecord{persons: []person{p}}, jetstream.WithExpectLastSequence(v.read))
		if err == nil {
			return p.pseudonym, nil
		}
		if !isConflict(err) {
			return "", fmt.Errorf("record a pseudonym: %w: %w", ErrReadOnly, err)
		}
		if _, err := v.catchUp(ctx); err != nil {
			return "", fmt.Errorf("record a pseudonym: %w: %w", ErrReadOnly, err)
		}
	}
	return "", fmt.Errorf("record a pseudonym: other writers were faster %d times: %w", writeAttempts, ErrOverloaded)
}

// How often a write is tried that another process may get ahead of.
const writeAttempts = 20

func (v *Vault) pseudonymOf(p person) (string, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	pseudonym, ok := v.pseudonyms[p.name()]
	return pseudonym, ok
}

// keep writes secrets; they are on disk when it returns. Keeping one twice does no harm.
func (v *Vault) keep(ctx context.Context, secrets []Secret) error {
	v.writing.Lock()
	defer v.writing.Unlock()
	for len(secrets) > 0 {
		var content vaultRecord
		size := 0
		for len(secrets) > 0 && (size == 0 || size+secretSize(secrets[0]) <= maxCommitBytes) {
			size += secretSize(secrets[0])
			content.secrets = append(content.secrets, secrets[0])
			secrets = secrets[1:]
		}
		if err := v.write(ctx, content); err != nil {
			return fmt.Errorf("write personal texts to the vault: %w", err)
		}
	}
	return nil
}

// secretSize is at least the secret's size in a record.
func secretSize(s Secret) int { return len(s.Text) + 128 }

// write publishes a record and takes it into memory; records that hold what it says is erased are doomed. Holds writing.
func (v *Vault) write(ctx context.Context, content vaultRecord, options ...jetstream.PublishOpt) error {
	data, err := encode(&content, vaultRecordFields)
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, v.timeout)
	defer cancel()
	options = append(options, jetstream.WithRetryAttempts(0), jetstream.WithExpectStream(vaultStream))
	ack, err := v.js.PublishMsg(ctx, &nats.Msg{Subject: vaultSubject, Data: data}, options...)
	if err != nil && v.embedded && !isConflict(err) {
		return fmt.Errorf("publish: %w: %w", ErrDoubtfulWrite, err)
	}
	if err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	v.doomed = append(v.doomed, v.apply(ack.Sequence, content)...)
	if ack.Sequence == v.read+1 {
		v.read = ack.Sequence
	}
	return nil
}

// refresh reads what other processes wrote to the vault.
func (v *Vault) refresh(ctx context.Context) error {
	v.writing.Lock()
	defer v.writing.Unlock()
	_, err := v.catchUp(ctx) // records to be removed are for those who removed something from them
	return err
}

// isConflict tells whether a write was refused because another came first.
func isConflict(err error) bool {
	api, answered := errors.AsType[*jetstream.APIError](err)
	return answered && (api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence ||
		api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant)
}
