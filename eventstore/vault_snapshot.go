package eventstore

import (
	"fmt"
	"maps"
	"slices"

	"github.com/remit-register/remit/domain"
)

// Texts and people in a record of a snapshot.
const snapshotRecord = 500

// Snapshot calls each with records that together hold all that is in the vault and not erased. Rebuild takes them. What
// is written or erased meanwhile may be in them or not.
func (v *Vault) Snapshot(each func(record []byte) error) error {
	v.mu.RLock()
	commitments, pseudonyms := slices.Collect(maps.Keys(v.texts)), slices.Collect(maps.Keys(v.persons))
	v.mu.RUnlock()
	slices.Sort(commitments)
	slices.Sort(pseudonyms)
	for some := range slices.Chunk(commitments, snapshotRecord) {
		if err := hand(v.secretsOf(some), each); err != nil {
			return err
		}
	}
	for some := range slices.Chunk(pseudonyms, snapshotRecord) {
		if err := hand([]vaultRecord{v.personsOf(some)}, each); err != nil {
			return err
		}
	}
	return nil
}

// secretsOf returns records with the texts that are still there, none larger than a record may be.
func (v *Vault) secretsOf(commitments []string) []vaultRecord {
	v.mu.RLock()
	defer v.mu.RUnlock()
	records := []vaultRecord{{}}
	size := 0
	for _, commitment := range commitments {
		kept, ok := v.texts[commitment]
		if !ok {
			continue
		}
		if size += secretSize(kept.secret); size > maxCommitBytes {
			records, size = append(records, vaultRecord{}), secretSize(kept.secret)
		}
		last := &records[len(records)-1]
		last.secrets = append(last.secrets, kept.secret)
	}
	return records
}

// personsOf returns a record with the people who are still there.
func (v *Vault) personsOf(pseudonyms []string) vaultRecord {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var record vaultRecord
	for _, pseudonym := range pseudonyms {
		if kept, ok := v.persons[pseudonym]; ok {
			record.persons = append(record.persons, kept.person)
		}
	}
	return record
}

// hand hands records that hold something to each.
func hand(records []vaultRecord, each func([]byte) error) error {
	for _, record := range records {
		if len(record.secrets)+len(record.persons) == 0 {
			continue
		}
		data, err := encode(&record, vaultRecordFields)
		if err != nil {
			return fmt.Errorf("write a record of the vault's copy: %w", err)
		}
		if err := each(data); err != nil {
			return err
		}
	}
	return nil
}

// Count returns how many texts and people are in the vault.
func (v *Vault) Count() (texts, people int) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return len(v.texts), len(v.persons)
}

// Commitments returns the commitments of the personal texts that an event's stored bytes refer to.
func Commitments(raw []byte) ([]string, error) {
	c := coder{in: string(raw)}
	var e domain.Event
	event(&c, &e)
	if c.err != nil {
		return nil, fmt.Errorf("decode event %d: %w", e.No, c.err)
	}
	return c.commitments, nil
}
