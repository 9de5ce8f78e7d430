package eventstore

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/remit-register/remit/domain"
)

// Secret opens a personal text: Commitment = HMAC-SHA256(Key, Text) in hex.
type Secret struct {
	Commitment string
	Key        []byte // 32 random bytes, for this text only
	Text       string
}

// Seal makes a fresh key from random (nil: the system's) and returns the text with its commitment, and the secret
// that opens it. An empty text needs no secret.
func Seal(random io.Reader, text string) (domain.Text, Secret, error) {
	key := make([]byte, sha256.Size)
	if _, err := io.ReadFull(newRandom(random), key); err != nil {
		return domain.Text{}, Secret{}, fmt.Errorf("make a key: %w", err)
	}
	commitment := commitTo(key, text)
	return domain.Text{Clear: text, Commitment: commitment}, Secret{Commitment: commitment, Key: key, Text: text}, nil
}

func commitTo(key []byte, text string) string {
	mac := hmac.New(sha256.New, key)
	_, _ = io.WriteString(mac, text) // a hash never fails to write
	return hex.EncodeToString(mac.Sum(nil))
}

// opens tells whether the secret is what its commitment says.
func (s Secret) opens() bool {
	return len(s.Key) == sha256.Size && hmac.Equal([]byte(s.Commitment), []byte(commitTo(s.Key, s.Text)))
}

// SealAll seals every domain.Text with a Clear text that v, a pointer, leads to, in place, and returns the secrets.
// What is sealed already stays as it is.
func SealAll(random io.Reader, v any) ([]Secret, error) {
	var secrets []Secret
	err := eachText(reflect.ValueOf(v), func(t *domain.Text) error {
		if t.Clear == "" || t.Commitment != "" {
			return nil
		}
		sealedText, secret, err := Seal(random, t.Clear)
		if err != nil {
			return err
		}
		*t = sealedText
		secrets = append(secrets, secret)
		return nil
	})
	return secrets, err
}

// eachText calls visit with every text that v leads to and that can be set.
func eachText(v reflect.Value, visit func(*domain.Text) error) error {
	switch v.Kind() { //nolint:exhaustive // no other kind holds texts
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		if v.Kind() == reflect.Pointer || !v.CanSet() {
			return eachText(v.Elem(), visit)
		}
		inside := reflect.New(v.Elem().Type()).Elem() // what an interface holds is not changed in place
		inside.Set(v.Elem())
		if err := eachText(inside, visit); err != nil {
			return err
		}
		v.Set(inside)
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if err := eachText(v.Index(i), visit); err != nil {
				return err
			}
		}
	case reflect.Struct:
		if v.CanAddr() && v.Type() == reflect.TypeFor[domain.Text]() {
			if t, ok := reflect.TypeAssert[*domain.Text](v.Addr()); ok {
				return visit(t)
			}
		}
		for i := range v.NumField() {
			if !v.Type().Field(i).IsExported() {
				continue
			}
			if err := eachText(v.Field(i), visit); err != nil {
				return err
			}
		}
	default: // no other kind holds texts
	}
	return nil
}

// person is who acts under a pseudonym.
type person struct {
	pseudonym    string
	subject      string
	organisation domain.OrganisationCode
	key          []byte // 32 random bytes, for this person only; none where the pseudonym is random itself
}

// Digits of pseudonyms: 80 bits of a commitment to the person, which nobody finds another person for; or as they were
// made at first, a random number, which says nothing of who that is.
const (
	pseudonymPrefix = "p-"
	committedDigits = 20
	randomDigits    = 16
)

// newPerson makes a pseudonym: HMAC-SHA256(key, name), cut.
func newPerson(random io.Reader, subject string, organisation domain.OrganisationCode) (person, error) {
	p := person{subject: subject, organisation: organisation, key: make([]byte, sha256.Size)}
	if _, err := io.ReadFull(random, p.key); err != nil {
		return person{}, fmt.Errorf("make a pseudonym: %w", err)
	}
	p.pseudonym = p.committed()
	return p, nil
}

func (p person) committed() string {
	return pseudonymPrefix + commitTo(p.key, p.name())[:committedDigits]
}

// opens tells whether the person is who the pseudonym says, as far as it says anything.
func (p person) opens() bool {
	return len(p.pseudonym) == len(pseudonymPrefix)+randomDigits || len(p.key) == sha256.Size && p.pseudonym == p.committed()
}

// isPseudonym tells whether a subject is one that Vault.Pseudonym made.
func isPseudonym(subject string) bool {
	digits, ok := strings.CutPrefix(subject, pseudonymPrefix)
	return ok && (len(digits) == committedDigits || len(digits) == randomDigits)
}

// name is how the vault finds a person: the same subject at another body is another person.
func (p person) name() string { return p.subject + "@" + string(p.organisation) }

// vaultRecord is remit.event.v1.VaultRecord: one message of the vault.
type vaultRecord struct {
	secrets           []Secret
	persons           []person
	erasedCommitments []string // hex
	erasedPseudonyms  []string
	// Those that events refer to and that a restore found nowhere.
	missingCommitments []string // hex
	missingPseudonyms  []string
}

// isEmpty tells whether a record says nothing.
func (r vaultRecord) isEmpty() bool {
	return len(r.secrets)+len(r.persons)+len(r.erasedCommitments)+len(r.erasedPseudonyms)+
		len(r.missingCommitments)+len(r.missingPseudonyms) == 0
}

func vaultRecordFields(c *coder, r *vaultRecord) {
	many(c, 1, &r.secrets, secretFields)
	many(c, 2, &r.persons, personFields)
	digests(c, 3, &r.erasedCommitments)
	texts(c, 4, &r.erasedPseudonyms)
	digests(c, 5, &r.missingCommitments)
	texts(c, 6, &r.missingPseudonyms)
}

func secretFields(c *coder, s *Secret) {
	digest(c, 1, &s.Commitment)
	key := string(s.Key)
	binary(c, 2, sha256.Size, &key)
	s.Key = []byte(key)
	text(c, 3, &s.Text)
}

func personFields(c *coder, p *person) {
	text(c, 1, &p.pseudonym)
	text(c, 2, &p.subject)
	text(c, 3, &p.organisation)
	key := string(p.key)
	binary(c, 4, sha256.Size, &key)
	p.key = []byte(key)
}
