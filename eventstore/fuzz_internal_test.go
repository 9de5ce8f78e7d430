package eventstore

import (
	"strings"
	"testing"

	"github.com/remit-register/remit/domain"
)

// FuzzVaultRecord reads any bytes as a record of the vault: what is taken is written as the same bytes, and its secrets
// open their commitments.
func FuzzVaultRecord(f *testing.F) {
	_, secret, err := Seal(nil, "Dr Jane Smith")
	if err != nil {
		f.Fatal(err)
	}
	whole, err := encode(&vaultRecord{
		secrets: []Secret{secret}, persons: []person{{pseudonym: "p-0123456789abcdef", subject: "anna", organisation: "QNQ"}},
		erasedCommitments: []string{secret.Commitment}, erasedPseudonyms: []string{"p-0123456789abcdef"},
	}, vaultRecordFields)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{whole, whole[:len(whole)-1], {}, {0x0a, 0x00}, {0xff}} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var r vaultRecord
		if err := decode(data, &r, vaultRecordFields); err != nil {
			return
		}
		again, err := encode(&r, vaultRecordFields)
		if err != nil || string(again) != string(data) {
			t.Errorf("%x is written as %x (%v)", data, again, err)
		}
		_ = CheckVaultRecord(data) // it must not fall over what it reads
	})
}

// FuzzDigest gives any content to what tells whether a command is the same as one before: the same content always has
// the same digest, and other content, another person or another body never does.
func FuzzDigest(f *testing.F) {
	f.Add("A1", "Name", "anna", "QNQ")
	f.Add("", "\xff", "a@b", "\x00")
	f.Add("A1\x00", "Na\nme", "{}", `"`)
	f.Fuzz(func(t *testing.T, code, name, subject, organisation string) {
		of := func(code, name, subject, organisation string) string {
			var digests digester
			sum, err := digests.digest(
				domain.RenameOrganisation{Code: domain.OrganisationCode(code), Name: name, EffectiveOn: 1},
				domain.Caller{Subject: subject, Organisation: domain.OrganisationCode(organisation)},
			)
			if err != nil {
				t.Fatal(err)
			}
			return sum
		}
		first := of(code, name, subject, organisation)
		if first != of(code, name, subject, organisation) || len(first) != 64 || strings.Trim(first, "0123456789abcdef") != "" {
			t.Errorf("the digest is %q", first)
		}
		for what, other := range map[string]string{
			"code": of(code+"x", name, subject, organisation), "name": of(code, name+"x", subject, organisation),
			"subject": of(code, name, subject+"x", organisation), "organisation": of(code, name, subject, organisation+"x"),
		} {
			if other == first {
				t.Errorf("another %s has the same digest", what)
			}
		}
	})
}
