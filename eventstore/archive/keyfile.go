package archive

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/remit-register/remit/domain"
)

const (
	keyFileHead = `# The keys that sign this register's log. Nobody else may read this file: whoever has it can sign in the register's
# name. Keep a copy in a safe place: without it the log cannot be continued, only begun anew.
`
	keySince   = "since="
	keyRetires = "retires="
	keyRetired = "retired="
)

// safeCopy says what to do about keys that cannot be used.
const safeCopy = "put back the file from its safe copy; without it the log cannot be continued, only begun anew: see 'remit restore --help'"

// LoadKeys reads the keys in a data directory. ErrKeyFile: there are none, others can read them, or they are no keys; a
// file that is missing is fs.ErrNotExist too.
func LoadKeys(data string) (*Keys, error) {
	path := filepath.Join(data, KeyFile)
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrKeyFile, err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: %w: it is no regular file", path, ErrKeyFile)
	case info.Mode()&groupAndOthers != 0:
		return nil, fmt.Errorf("%s: %w: others than its owner may use it (mode %04o). Make it yours alone with 'chmod 600 %s'; "+
			"if somebody else may have read it, replace the key with 'remit key rotate' and 'remit key retire --now'",
			path, ErrKeyFile, info.Mode().Perm(), path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w: %s", ErrKeyFile, err, safeCopy)
	}
	keys, err := parseKeys(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", path, err, safeCopy)
	}
	return keys, nil
}

// CreateKeys makes the first key of a log and keeps it in a data directory that has none. Without an origin it makes one
// up. random is the source of both, nil for the system's.
func CreateKeys(data, origin string, random io.Reader, today domain.Date) (*Keys, error) {
	if _, err := os.Lstat(filepath.Join(data, KeyFile)); !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is there already: %w", filepath.Join(data, KeyFile), errors.Join(ErrKeyFile, err))
	}
	random = orSystem(random)
	if origin == "" {
		var err error
		if origin, err = newOrigin(random); err != nil {
			return nil, err
		}
	}
	if err := CheckName(origin); err != nil {
		return nil, err
	}
	keys, err := newKeys(origin, random, today)
	if err != nil {
		return nil, err
	}
	return keys, keys.save(osFiles{}, data)
}

// RotateKeys adds a key that signs beside the present one of a data directory, which must be locked. The present one
// may be retired from a day on.
func RotateKeys(data string, random io.Reader, today, retires domain.Date) (*Keys, error) {
	keys, err := LoadKeys(data)
	if err != nil {
		return nil, err
	}
	if err := keys.rotate(orSystem(random), today, retires); err != nil {
		return nil, err
	}
	return keys, keys.save(osFiles{}, data)
}

// RetireKey has the older of two keys of a data directory, which must be locked, sign no more. Its secret is forgotten.
// It is refused before the last checkpoint carries a signature of the newer key, by which those who know the older one
// can learn to trust it; and before the day that was announced unless early.
func RetireKey(data string, today domain.Date, early bool) (Key, error) {
	keys, err := LoadKeys(data)
	if err != nil {
		return Key{}, err
	}
	retired, err := keys.retire(today, early)
	if err != nil {
		return Key{}, err
	}
	signed, err := os.ReadFile(filepath.Join(data, LastFile))
	if err != nil {
		return Key{}, fmt.Errorf("read the last checkpoint: %w", err)
	}
	verifiers, err := NewVerifiers(keys.VerifierKeys()...)
	if err != nil {
		return Key{}, err
	}
	if _, err := ParseCheckpoint(signed, verifiers); err != nil {
		return Key{}, fmt.Errorf("the new key has not signed yet, so nobody could learn of it: start the register once, "+
			"and retire the older key after that (%w)", err)
	}
	return retired, keys.save(osFiles{}, data)
}

// save replaces the file with the keys.
func (k *Keys) save(files Files, data string) error {
	var text strings.Builder
	text.WriteString(keyFileHead)
	for _, key := range k.keys {
		if key.Retired == 0 {
			text.WriteString(key.signer)
		} else {
			text.WriteString(key.Verifier)
		}
		for _, field := range []struct {
			name string
			on   domain.Date
		}{{keySince, key.Since}, {keyRetires, key.Retires}, {keyRetired, key.Retired}} {
			if field.on != 0 {
				text.WriteString(" " + field.name + field.on.String())
			}
		}
		text.WriteString("\n")
	}
	if err := replace(files, filepath.Join(data, KeyFile), []byte(text.String()), ownFileMode); err != nil {
		return fmt.Errorf("keep the signing keys: %w", err)
	}
	return nil
}

// parseKeys reads what save writes.
func parseKeys(text string) (*Keys, error) {
	k := &Keys{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, name, err := parseKey(line)
		if err != nil {
			return nil, err
		}
		if k.origin != "" && name != k.origin {
			return nil, fmt.Errorf("%w: it has keys of two logs, %s and %s", ErrKeyFile, k.origin, name)
		}
		k.origin = name
		k.keys = append(k.keys, key)
	}
	if n := len(k.active()); n < 1 || n > 2 {
		return nil, fmt.Errorf("%w: %d keys sign, not one, or two while one follows another", ErrKeyFile, n)
	}
	return k, nil
}

// parseKey reads a line: a signer key, or the verifier key of one that is retired, and the days.
func parseKey(line string) (key Key, name string, err error) {
	fields := strings.Fields(line)
	for _, field := range fields[1:] {
		at := &key.Since
		value, ok := strings.CutPrefix(field, keySince)
		if !ok {
			at = &key.Retires
			value, ok = strings.CutPrefix(field, keyRetires)
		}
		if !ok {
			at = &key.Retired
			value, ok = strings.CutPrefix(field, keyRetired)
		}
		if !ok {
			return key, "", fmt.Errorf("%w: a key is followed by something unknown", ErrKeyFile) // not by what: it could be a secret
		}
		day, err := domain.ParseDate(value)
		if err != nil {
			return key, "", fmt.Errorf("%w: a day of a key is no date", ErrKeyFile) // as above
		}
		*at = day
	}
	if key.Retired != 0 {
		key.Verifier = fields[0]
		name, _, _ = strings.Cut(fields[0], "+")
		if _, err := note.NewVerifier(key.Verifier); err != nil { // without the line, which could hold a secret
			return key, "", fmt.Errorf("%w: a retired key: %w", ErrKeyFile, err)
		}
		return key, name, nil
	}
	key.signer = fields[0]
	name, key.Verifier, err = verifierOf(fields[0])
	return key, name, err
}

// dateOf returns the civil date of an instant in UTC: the days of keys need no more.
func dateOf(at time.Time) domain.Date { return domain.DateOf(at.UTC()) }
