package archive

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/remit-register/remit/domain"
)

// KeyFile is the name of the file in the data directory that holds the signing keys.
const KeyFile = "log.key"

// Key is one of the keys that sign, or did.
type Key struct {
	// Verifier is what an auditor needs to check signatures, as https://c2sp.org/signed-note writes it.
	Verifier string `json:"verifierKey"`
	// Since is the day on which the key was made.
	Since domain.Date `json:"since"`
	// Retires is the day from which the key may be retired, when there is another; zero while none is set.
	Retires domain.Date `json:"retires,omitempty"`
	// Retired is the day from which the key signs no more; zero while it signs.
	Retired domain.Date `json:"retired,omitempty"`

	signer string // the signer key, "" once retired
}

// State says in words whether the key signs.
func (k Key) State() string {
	switch {
	case k.Retired != 0:
		return "signed until " + k.Retired.String()
	case k.Retires != 0:
		return "signs, until " + k.Retires.String() + " at least"
	}
	return "signs"
}

// Keys are the keys of one log: one that signs, or two while one follows the other, and those that signed before. The
// name of all of them is the log's origin.
type Keys struct {
	origin string
	keys   []Key // in the order in which they were made
}

// newKeys makes the first key of a log.
func newKeys(origin string, random io.Reader, today domain.Date) (*Keys, error) {
	k := &Keys{origin: origin}
	return k, k.add(random, today)
}

// newOrigin makes up a name for a log.
func newOrigin(random io.Reader) (string, error) {
	var unique [8]byte
	if _, err := io.ReadFull(random, unique[:]); err != nil {
		return "", fmt.Errorf("make up a name for the log: %w", err)
	}
	return "remit.local/log/" + hex.EncodeToString(unique[:]), nil
}

// CheckName tells whether a log may have this name: what a checkpoint's first line and a key may hold.
func CheckName(name string) error {
	const longest = 200
	printable := func(r rune) bool { return r > ' ' && r < 0x7f && r != '+' }
	if name == "" || len(name) > longest || strings.ContainsFunc(name, func(r rune) bool { return !printable(r) }) {
		return fmt.Errorf("%q cannot name a log: take up to %d printable ASCII characters without spaces and plus signs, "+
			"such as remit.example.nhs.uk/log", name, longest)
	}
	return nil
}

// add makes a key that signs from now on.
func (k *Keys) add(random io.Reader, today domain.Date) error {
	signer, verifier, err := note.GenerateKey(random, k.origin)
	if err != nil {
		return fmt.Errorf("make a signing key: %w", err)
	}
	k.keys = append(k.keys, Key{Verifier: verifier, Since: today, signer: signer})
	return nil
}

// orSystem returns random, or the system's source where none is given.
func orSystem(random io.Reader) io.Reader {
	if random == nil {
		return rand.Reader
	}
	return random
}

// Origin names the log.
func (k *Keys) Origin() string { return k.origin }

// All returns every key, those that sign no more too, in the order in which they were made.
func (k *Keys) All() []Key { return slices.Clone(k.keys) }

// VerifierKeys returns what an auditor needs to check what is signed now: one line, or two while one key follows another.
func (k *Keys) VerifierKeys() []string {
	var lines []string
	for _, key := range k.keys {
		if key.Retired == 0 {
			lines = append(lines, key.Verifier)
		}
	}
	return lines
}

// Signers returns those who sign now.
func (k *Keys) Signers() ([]note.Signer, error) {
	var signers []note.Signer
	for _, key := range k.keys {
		if key.Retired != 0 {
			continue
		}
		signer, err := note.NewSigner(key.signer)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrKeyFile, err)
		}
		signers = append(signers, signer)
	}
	return signers, nil
}

// Verifiers returns what checks signatures of any of the keys, retired or not.
func (k *Keys) Verifiers() (note.Verifiers, error) {
	lines := make([]string, 0, len(k.keys))
	for _, key := range k.keys {
		lines = append(lines, key.Verifier)
	}
	return NewVerifiers(lines...)
}

// NewVerifiers returns what checks signatures of the keys with these verifier keys.
func NewVerifiers(lines ...string) (note.Verifiers, error) {
	verifiers := make([]note.Verifier, 0, len(lines))
	for _, line := range lines {
		verifier, err := note.NewVerifier(line)
		if err != nil {
			return nil, fmt.Errorf("verifier key %q: %w", line, err)
		}
		verifiers = append(verifiers, verifier)
	}
	return note.VerifierList(verifiers...), nil
}

// active returns the keys that sign.
func (k *Keys) active() []*Key {
	var active []*Key
	for i := range k.keys {
		if k.keys[i].Retired == 0 {
			active = append(active, &k.keys[i])
		}
	}
	return active
}

// rotate adds a key that signs beside the present one, which may be retired from a day on.
func (k *Keys) rotate(random io.Reader, today, retires domain.Date) error {
	active := k.active()
	if len(active) != 1 {
		return fmt.Errorf("two keys sign already: retire the older one first, from %s on, with 'remit key retire'", active[0].Retires)
	}
	if retires < today {
		return fmt.Errorf("the present key cannot retire on %s, which is past", retires)
	}
	active[0].Retires = retires
	return k.add(random, today)
}

// retire has the older of two keys sign no more, and forgets its secret. early: before the day that was announced.
func (k *Keys) retire(today domain.Date, early bool) (Key, error) {
	active := k.active()
	switch {
	case len(active) < 2:
		return Key{}, fmt.Errorf("only one key signs: make one that follows it first, with 'remit key rotate'")
	case today < active[0].Retires && !early:
		return Key{}, fmt.Errorf("the older key signs until %s, so that everybody can learn of the new one; "+
			"say --now if it must not be used any more", active[0].Retires)
	}
	active[0].Retired, active[0].signer = today, ""
	return *active[0], nil
}

// verifierOf returns the verifier key that belongs to a signer key.
func verifierOf(signer string) (name, verifier string, err error) {
	if _, err := note.NewSigner(signer); err != nil {
		return "", "", fmt.Errorf("%w: %w", ErrKeyFile, err)
	}
	const nameAt, keyAt, parts = 2, 4, 5 // PRIVATE+KEY+name+hash+key
	fields := strings.SplitN(signer, "+", parts)
	seed, err := base64.StdEncoding.DecodeString(fields[keyAt])
	if err != nil || len(seed) != 1+ed25519.SeedSize {
		return "", "", fmt.Errorf("%w: a signer key is no Ed25519 key", ErrKeyFile)
	}
	public, ok := ed25519.NewKeyFromSeed(seed[1:]).Public().(ed25519.PublicKey)
	if !ok {
		return "", "", fmt.Errorf("%w: a signer key has no public key", ErrKeyFile)
	}
	verifier, err = note.NewEd25519VerifierKey(fields[nameAt], public)
	if err != nil {
		return "", "", fmt.Errorf("%w: %w", ErrKeyFile, err)
	}
	return fields[nameAt], verifier, nil
}
