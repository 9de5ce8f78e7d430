package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/archive"
)

// signPeriod is how long the older of two keys signs beside the newer one unless told otherwise: a quarter of a year, so
// that auditors who look in every month or so learn of the new one.
const signPeriod = 92 // days

func (a *app) key() *cobra.Command {
	var data string
	cmd := &cobra.Command{
		Use:   "key",
		Short: "The key that signs the register's log",
		Long: `Show the verifier key of a register's log: what auditors need, and should get from you and not from the register, to
check that what it shows is what it signed ("remit verify", and every other program that reads C2SP logs). The signing key
itself is in the file log.key of the data directory, made at the first start. Keep a copy of it in a safe place.

A key is replaced in two steps: "remit key rotate" makes a new one, and from the next start both sign; give auditors the
new verifier key. "remit key retire" has the old one sign no more, once everybody has had time to learn of the new one.
What it signed stays as good as it was.`,
		Example: `  remit key
  remit key -q > remit.vkey
  remit key rotate
  remit key retire`,
		Args: cobra.NoArgs,
	}
	cmd.PersistentFlags().StringVar(&data, "data", a.env("REMIT_DATA", "./remit-data"), "`DIRECTORY` of the register (also REMIT_DATA)")
	cmd.RunE = a.do(func(*cobra.Command, []string) error {
		keys, err := loadKeys(data)
		if err != nil {
			return err
		}
		return a.showKeys(keys)
	})
	cmd.AddCommand(a.keyRotate(&data), a.keyRetire(&data))
	return cmd
}

func (a *app) keyRotate(data *string) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rotate",
		Short: "Make a new signing key; the present one signs beside it for a while",
		Long: `Make a new key for the log of a register that is stopped. From its next start both keys sign every checkpoint, so that
those who know the old one see it vouch for the new one. "remit key retire" ends that.`,
		Example: "  remit key rotate\n  remit key rotate --until 2027-06-30",
		Args:    cobra.NoArgs,
	}
	until := cmd.Flags().String("until", "", "`DATE` until which the present key signs too; left out: 92 days from today")
	cmd.RunE = a.do(func(*cobra.Command, []string) error {
		today, err := a.today()
		if err != nil {
			return err
		}
		retires := today.AddDays(signPeriod)
		if *until != "" {
			if retires, err = domain.ParseDate(*until); err != nil {
				return usagef("--until: %w", err)
			}
		}
		return a.withLock(*data, func() error {
			keys, err := archive.RotateKeys(*data, nil, today, retires)
			if err != nil {
				return err
			}
			a.say("From the next start of the register both keys sign. Give auditors the new one:")
			return a.showKeys(keys)
		})
	})
	return cmd
}

func (a *app) keyRetire(data *string) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "retire",
		Short: "Have the older of two signing keys sign no more",
		Long: `Have the older of two keys of a register that is stopped sign no more, and forget its secret. What it signed can still be
checked with its verifier key.`,
		Example: `  remit key retire
  remit key retire --data /srv/remit --now`,
		Args: cobra.NoArgs,
	}
	now := cmd.Flags().Bool("now", false, "before the day that was announced, because somebody else may have the key")
	cmd.RunE = a.do(func(*cobra.Command, []string) error {
		today, err := a.today()
		if err != nil {
			return err
		}
		return a.withLock(*data, func() error {
			if _, err := archive.RetireKey(*data, today, *now); err != nil {
				return err
			}
			keys, err := loadKeys(*data)
			if err != nil {
				return err
			}
			a.say("The older key signs no more.")
			return a.showKeys(keys)
		})
	})
	return cmd
}

// withLock does something with the keys of a register that is stopped.
func (a *app) withLock(data string, do func() error) (err error) {
	if _, err := loadKeys(data); err != nil {
		return err // rather than to make a directory
	}
	lock, err := eventstore.Lock(data)
	if errors.Is(err, eventstore.ErrInUse) {
		return fmt.Errorf("%w\nKeys are changed while the register is stopped", err)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	return do()
}

func loadKeys(data string) (*archive.Keys, error) {
	keys, err := archive.LoadKeys(data)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is missing: is %s the data directory of a register that was started once? Name it with --data (%w)",
			filepath.Join(data, archive.KeyFile), data, err)
	}
	return keys, err
}

// showKeys shows what auditors need: with --quiet the verifier keys that sign, and nothing else.
func (a *app) showKeys(keys *archive.Keys) error {
	if a.quiet {
		for _, key := range keys.VerifierKeys() {
			if _, err := fmt.Fprintln(a.stdout, key); err != nil {
				return err
			}
		}
		return nil
	}
	if a.format == formatJSON || a.format == formatJSONL {
		return json.NewEncoder(a.stdout).Encode(struct {
			Origin string        `json:"origin"`
			Keys   []archive.Key `json:"keys"`
		}{keys.Origin(), keys.All()})
	}
	columns := []column[archive.Key]{
		{head: "verifier key", cell: func(k archive.Key) string { return k.Verifier }},
		{head: "since", cell: func(k archive.Key) string { return k.Since.String() }},
		{head: "state", cell: func(k archive.Key) string { return k.State() }},
	}
	if a.format == formatCSV {
		return printCSV(a.stdout, keys.All(), columns)
	}
	return printTable(a, a.stdout, keys.All(), columns)
}
