package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/remit-register/remit/eventstore/archive"
)

// archiveFolder is the folder of the register's archive.
func (o serveOptions) archiveFolder() string {
	if o.archiveDir != "" {
		return o.archiveDir
	}
	return filepath.Join(o.data, "archive")
}

// damagedRemedy says how to go on with a register whose journal is damaged: from its archive where that has a
// checkpoint signed by the register's key, and otherwise from a backup.
func damagedRemedy(o serveOptions) string {
	folder := o.archiveFolder()
	const nothing = "Nothing was repaired, and no number is given out again."
	signed, err := os.ReadFile(filepath.Join(folder, archive.CheckpointPath))
	if err == nil {
		c, err := checkOwn(o.data, signed)
		if err == nil {
			return fmt.Sprintf("%s The archive has a signed copy of the first %d events. To restore the register from it (what is "+
				"there now is moved aside, and kept):\n  %s", nothing, c.Head.Size, restoreCommand(o, folder))
		}
		return fmt.Sprintf("%s The archive in %s cannot be relied on (%v). Restore from a backup:\n  %s",
			nothing, folder, err, restoreCommand(o, "BACKUP"))
	}
	return fmt.Sprintf("%s There is no archive in %s. Restore from another copy of it, or from a backup:\n  %s",
		nothing, folder, restoreCommand(o, "BACKUP"))
}

// incompleteRemedy says how to go on with a register whose vault lost texts or people: only a backup has them too.
func incompleteRemedy(o serveOptions) string {
	return fmt.Sprintf("Nothing was repaired; the journal is whole. A backup has the vault too. To bring back what it has (what is "+
		"there now is moved aside, and kept, and what the journal and the vault have since is taken over):\n  %s\n"+
		"Without a backup, restore from the archive: what is found nowhere is recorded as missing, and shown so:\n  %s",
		restoreCommand(o, "BACKUP"), restoreCommand(o, o.archiveFolder()))
}

// checkOwn reads a checkpoint that the register's own key signed.
func checkOwn(data string, signed []byte) (archive.Checkpoint, error) {
	keys, err := archive.LoadKeys(data)
	if err != nil {
		return archive.Checkpoint{}, err //nolint:wrapcheck // it names the file
	}
	verifiers, err := keys.Verifiers()
	if err != nil {
		return archive.Checkpoint{}, err //nolint:wrapcheck // as above
	}
	return archive.ParseCheckpoint(signed, verifiers) //nolint:wrapcheck // it says what is wrong
}

// restoreCommand is the command line that restores a register from a folder.
func restoreCommand(o serveOptions, from string) string {
	words := []string{"remit restore --from", shellWord(from), "--data", shellWord(o.data)}
	if o.archiveDir != "" {
		words = append(words, "--archive", shellWord(o.archiveDir))
	}
	if o.nats != "" {
		words = append(words, "--nats", shellWord(o.nats))
	}
	return strings.Join(words, " ")
}

// shellWord writes a word for a shell.
func shellWord(word string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-:,@+="
	if word != "" && strings.Trim(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
