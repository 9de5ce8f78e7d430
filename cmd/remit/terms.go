package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// termsFlags are the terms of an arrangement.
type termsFlags struct {
	cmd   *cobra.Command
	terms remitv1.Terms
	dates struct{ review, ends *dateFlag }
}

// termsVar adds the flags for terms.
func (a *app) termsVar(cmd *cobra.Command) *termsFlags {
	t := &termsFlags{cmd: cmd}
	flags := cmd.Flags()
	flags.StringVar(&t.terms.Reserved, "reserved", "", "matters that the sender keeps to itself")
	flags.StringVar(&t.terms.Limits, "limits", "", "limits of what the receiver may do")
	flags.StringVar(&t.terms.Liability, "liability", "", "who is liable for what")
	flags.StringVar(&t.terms.Notice, "notice", "", "how and when either side may end it")
	t.dates.review = a.dateVar(cmd, "review-on", "date on which it is reviewed")
	t.dates.ends = a.dateVar(cmd, "ends-on", "date on which it ends by itself")
	flags.BoolVar(&t.terms.OnwardPermitted, "onward-permitted", false, "the receiver may delegate further")
	flags.StringVar(&t.terms.AgreementRef, "agreement-ref", "", "reference of the contract or agreement")
	t.carried(a)
	return t
}

// value returns the terms, nil when no flag of theirs was given.
func (t *termsFlags) value() *remitv1.Terms {
	for _, name := range termNames() {
		if t.cmd.Flags().Changed(name) {
			t.terms.ReviewOn, t.terms.EndsOn = t.dates.review.text, t.dates.ends.text
			return &t.terms
		}
	}
	return nil
}

// retainedFrom reads what stays behind: "role=overview,holder=S1Y5D,description=…".
func retainedFrom(texts []string) ([]*remitv1.Retained, error) {
	var all []*remitv1.Retained
	for _, text := range texts {
		given, err := pairs(text, "role", "holder", "part", "description")
		if err != nil {
			return nil, usageError{fmt.Errorf("--retain: %w", err)}
		}
		role, err := parseWord[remitv1.Role](given["role"])
		if err != nil {
			return nil, usageError{fmt.Errorf("--retain: role %w", err)}
		}
		all = append(all, &remitv1.Retained{
			Role: role, Holder: given["holder"], Part: given["part"], Description: given["description"],
		})
	}
	return all, nil
}

// opinionsFrom reads opinions: "by=internal-audit,opinion=assure,text=…".
func opinionsFrom(texts []string) ([]*remitv1.GatewayOpinion, error) {
	var all []*remitv1.GatewayOpinion
	for _, text := range texts {
		given, err := pairs(text, "by", "opinion", "text")
		if err != nil {
			return nil, usageError{fmt.Errorf("--opinion: %w", err)}
		}
		opinion, err := parseWord[remitv1.Opinion](given["opinion"])
		if err != nil {
			return nil, usageError{fmt.Errorf("--opinion: opinion %w", err)}
		}
		all = append(all, &remitv1.GatewayOpinion{By: given["by"], Opinion: opinion, Text: given["text"]})
	}
	return all, nil
}

// conditionsFrom reads conditions: "owner=S1Y5D,due=2026-12-01,timing=before-effect,description=…".
func (a *app) conditionsFrom(texts []string) ([]*remitv1.NewCondition, error) {
	var all []*remitv1.NewCondition
	for _, text := range texts {
		given, err := pairs(text, "owner", "due", "timing", "description")
		if err != nil {
			return nil, usageError{fmt.Errorf("--condition: %w", err)}
		}
		timing, err := parseWord[remitv1.ConditionTiming](given["timing"])
		if err != nil {
			return nil, usageError{fmt.Errorf("--condition: timing %w", err)}
		}
		due, err := a.date(given["due"])
		if err != nil {
			return nil, usageError{fmt.Errorf("--condition: due %w", err)}
		}
		all = append(all, &remitv1.NewCondition{
			Owner: given["owner"], DueOn: due.String(), Timing: timing, Description: given["description"],
		})
	}
	return all, nil
}

// evidenceFrom reads documents: "title=…,uri=…,sha256=…,expires=2027-01-01". With file=PATH the document's SHA-256 is
// worked out, and its name is the title unless one is given; the document itself stays where it is.
func (a *app) evidenceFrom(texts []string) ([]*remitv1.Evidence, error) {
	var all []*remitv1.Evidence
	for _, text := range texts {
		given, err := pairs(text, "title", "uri", "sha256", "expires", "file")
		if err != nil {
			return nil, usageError{fmt.Errorf("--evidence: %w", err)}
		}
		expires, err := a.date(given["expires"])
		if err != nil {
			return nil, usageError{fmt.Errorf("--evidence: expires %w", err)}
		}
		e := &remitv1.Evidence{
			Title: given["title"], Uri: given["uri"], Sha256: strings.ToLower(given["sha256"]), ExpiresOn: expires.String(),
		}
		if path := given["file"]; path != "" {
			if e.Sha256, err = fileDigest(path); err != nil {
				return nil, usageError{fmt.Errorf("--evidence: %w", err)}
			}
			if e.Title == "" {
				e.Title = filepath.Base(path)
			}
		}
		all = append(all, e)
	}
	return all, nil
}

// fileDigest returns the SHA-256 of a file in hexadecimal digits.
func fileDigest(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	digest := sha256.New()
	if _, err := io.Copy(digest, file); err != nil {
		return "", fmt.Errorf("read %s: %w", path, err)
	}
	return hex.EncodeToString(digest.Sum(nil)), nil
}
