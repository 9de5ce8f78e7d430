package archive

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"os"

	"github.com/remit-register/remit/eventstore"
)

// VaultFile is the name of the file in a backup that holds the vault: each record after its length in four bytes, most
// significant first; a length of 0; and the SHA-256 of all that.
const VaultFile = "vault"

// maxVaultRecord is the size of the largest record of a vault.
const maxVaultRecord = 5 << 20

// vaultWriter writes a vault's file.
type vaultWriter struct {
	out io.Writer
	sum hash.Hash
}

func newVaultWriter(out io.Writer) *vaultWriter {
	sum := sha256.New()
	return &vaultWriter{io.MultiWriter(out, sum), sum}
}

// add writes the next record.
func (v *vaultWriter) add(record []byte) error {
	if len(record) == 0 || len(record) > maxVaultRecord {
		return fmt.Errorf("a record of %d bytes does not fit into a vault's copy", len(record))
	}
	size := binary.BigEndian.AppendUint32(nil, uint32(len(record))) //nolint:gosec // checked above
	for _, part := range [][]byte{size, record} {
		if _, err := v.out.Write(part); err != nil {
			return fmt.Errorf("write the vault's copy: %w", err)
		}
	}
	return nil
}

// finish writes the end.
func (v *vaultWriter) finish() error {
	_, err := v.out.Write(make([]byte, 4))
	if err == nil {
		_, err = v.out.Write(v.sum.Sum(nil))
	}
	if err != nil {
		return fmt.Errorf("write the vault's copy: %w", err)
	}
	return nil
}

// readVaultFile gives the records of a vault's file. What is not whole is ErrDamaged.
func readVaultFile(path string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		file, err := os.Open(path)
		if err != nil {
			yield(nil, fmt.Errorf("read the vault's copy: %w", err))
			return
		}
		defer file.Close()
		if err := readVault(bufio.NewReader(file), func(record []byte) bool { return yield(record, nil) }); err != nil {
			yield(nil, fmt.Errorf("%s: %w: %w", path, ErrDamaged, err))
		}
	}
}

// readVault calls each with the records, until it wants no more.
func readVault(in io.Reader, each func([]byte) bool) error {
	sum := sha256.New()
	hashed := io.TeeReader(in, sum)
	for {
		var size [4]byte
		if _, err := io.ReadFull(hashed, size[:]); err != nil {
			return fmt.Errorf("the vault's copy lacks its end: %w", err)
		}
		n := binary.BigEndian.Uint32(size[:])
		if n == 0 {
			break
		}
		if n > maxVaultRecord {
			return fmt.Errorf("the vault's copy has a record of %d bytes", n)
		}
		record := make([]byte, n)
		if _, err := io.ReadFull(hashed, record); err != nil {
			return fmt.Errorf("the vault's copy lacks its end: %w", err)
		}
		if err := eventstore.CheckVaultRecord(record); err != nil {
			return err //nolint:wrapcheck // it says what it is about
		}
		if !each(record) {
			return nil
		}
	}
	want := sum.Sum(nil)
	got, err := io.ReadAll(io.LimitReader(in, int64(len(want))+1))
	if err != nil || string(got) != string(want) {
		return errors.Join(err, errors.New("the vault's copy does not have the sum that it ends with"))
	}
	return nil
}
