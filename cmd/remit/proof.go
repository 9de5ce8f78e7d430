package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/remit-register/remit/eventstore/archive"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// proofDirVar adds the flag for a directory to which proofs are written.
func proofDirVar(cmd *cobra.Command) *string {
	return cmd.Flags().String("proof", "", "also write proofs of the events that the answer rests on to this `DIRECTORY`: see 'remit verify'")
}

// writeProofs writes each proof to a file of a directory, which is made when missing.
func (a *app) writeProofs(dir string, proofs []*remitv1.EventProof) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	written := map[string]bool{}
	for _, proof := range proofs {
		written[proof.GetPosition()] = true
		file := filepath.Join(dir, proof.GetPosition()+archive.ProofFileSuffix)
		if err := replaceFile(file, []byte(proof.GetProof())); err != nil {
			return fmt.Errorf("write a proof: %w", err)
		}
	}
	a.say("wrote %s to %s; check with: remit verify %s --key KEY", plural(len(written), "proof"), dir, dir)
	return nil
}

// writeProof writes one proof to a file.
func (a *app) writeProof(file string, proof *remitv1.EventProof) error {
	if err := replaceFile(file, []byte(proof.GetProof())); err != nil {
		return fmt.Errorf("write a proof: %w", err)
	}
	a.say("wrote the proof to %s; check with: remit verify %s --key KEY", file, file)
	return nil
}
