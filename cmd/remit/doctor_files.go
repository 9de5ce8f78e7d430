package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/archive"
)

// checkFiles looks at the files of a register on this machine.
func checkFiles(o doctorOptions, running bool, now time.Time) []check {
	info, err := os.Stat(o.data)
	if err != nil || !info.IsDir() {
		return []check{{"data directory", checkFail, o.data + " is no directory that can be read", "give the data directory of the register with --data"}}
	}
	folder := o.archive
	if folder == "" {
		folder = filepath.Join(o.data, "archive")
	}
	checks := []check{checkUse(o.data, running), checkRestoring(o.data), checkKey(o.data), checkCheckpoint(folder, now)}
	checks = append(checks, checkDisk("disk", o.data))
	if o.archive != "" {
		checks = append(checks, checkDisk("archive disk", folder))
	}
	return checks
}

// checkUse tells whether the register runs.
func checkUse(data string, running bool) check {
	if _, err := os.Stat(filepath.Join(data, "lock")); errors.Is(err, fs.ErrNotExist) {
		return check{"data directory", checkFail, data + " holds no register", "give the data directory of a register with --data"}
	}
	lock, err := eventstore.Lock(data)
	switch {
	case errors.Is(err, eventstore.ErrInUse):
		return check{"data directory", checkOK, "a register runs on " + data, ""}
	case err != nil:
		return check{"data directory", checkFail, err.Error(), "see who owns it: only the register's user may"}
	}
	_ = lock.Close() // only looked at
	if running {
		return check{"data directory", checkFail, "no register runs on " + data, "the one that runs has another directory: give that, or leave --running out"}
	}
	return check{"data directory", checkOK, "no register runs on " + data + "; 'remit verify' looks into it", ""}
}

func checkRestoring(data string) check {
	if _, err := os.Lstat(filepath.Join(data, eventstore.RestoringFile)); err == nil {
		return check{"restore", checkFail, "a restore was interrupted", "run 'remit restore' again, as before"}
	}
	return check{"restore", checkOK, "no restore is half done", ""}
}

// checkKey looks at the signing key's permissions.
func checkKey(data string) check {
	path := filepath.Join(data, archive.KeyFile)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return check{"key", checkFail, path + " is missing", "put it back from where you keep a copy; without it, what is recorded cannot be signed in this log's name"}
	case err != nil:
		return check{"key", checkFail, err.Error(), "see who owns the data directory: only the register's user may"}
	case info.Mode().Perm()&0o077 != 0:
		return check{
			"key", checkFail, fmt.Sprintf("others than its owner may use %s (%v)", path, info.Mode().Perm()),
			"chmod 600 " + path + "; if others were on the machine, have a new key follow it: 'remit key rotate --help'",
		}
	}
	return check{"key", checkOK, "only its owner may read it", ""}
}

// checkCheckpoint looks at the archive's newest checkpoint.
func checkCheckpoint(folder string, now time.Time) check {
	path := filepath.Join(folder, archive.CheckpointPath)
	content, err := os.ReadFile(path)
	if err != nil {
		return check{"archive", checkFail, "there is no checkpoint in " + folder, "name the archive's folder with --archive; it is written when the register runs"}
	}
	age := time.Duration(0)
	if info, err := os.Stat(path); err == nil {
		age = max(0, now.Sub(info.ModTime()).Round(time.Second))
	}
	lines := strings.SplitN(string(content), "\n", 3)
	if len(lines) < 3 {
		return check{"archive", checkFail, path + " is no checkpoint", "'remit verify " + folder + "' says more"}
	}
	return check{"archive", checkOK, fmt.Sprintf("the newest checkpoint covers %s events and is %s old", lines[1], age), ""}
}

// Below these a disk is about to be full.
const (
	diskWarn = 5 << 30 // bytes
	diskFail = 1 << 28
)

func checkDisk(name, path string) check {
	free, err := freeBytes(path)
	message := fmt.Sprintf("%d MiB are free for %s", free>>20, path)
	const remedy = "make room or enlarge the disk: a full one stops commands, and loses nothing that was answered"
	switch {
	case err != nil:
		return check{name, checkWarn, fmt.Sprintf("it cannot be told how much is free for %s: %v", path, err), ""}
	case free < diskFail:
		return check{name, checkFail, message, remedy}
	case free < diskWarn:
		return check{name, checkWarn, message, remedy}
	}
	return check{name, checkOK, message, ""}
}
