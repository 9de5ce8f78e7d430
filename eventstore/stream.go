package eventstore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// journalPolicy is how the journal's stream must be set up: nothing limits it, and nothing but its deletion as a
// whole takes anything out of it.
func journalPolicy(replicas int) jetstream.StreamConfig {
	policy := vaultPolicy(replicas)
	policy.Name = journalStream
	policy.Subjects = []string{journalSubject}
	policy.Description = "The register's journal. Never delete, purge or edit."
	policy.DenyDelete = true
	policy.DenyPurge = true
	return policy
}

// vaultPolicy is how the vault's stream must be set up: as durable as the journal, but single records can be erased.
func vaultPolicy(replicas int) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:              vaultStream,
		Subjects:          []string{vaultSubject},
		Description:       "What could name a person, apart from the journal so that it can be erased.",
		Storage:           jetstream.FileStorage,
		Retention:         jetstream.LimitsPolicy,
		Discard:           jetstream.DiscardNew,
		MaxMsgs:           -1,
		MaxBytes:          -1,
		MaxMsgsPerSubject: -1,
		MaxMsgSize:        -1,
		MaxConsumers:      -1,
		Duplicates:        dedupeWindow,
		Replicas:          replicas,
	}
}

// Attempts at the same write carry the same message id. The guard by sequence does not need that; a short window
// keeps the server's memory small.
const dedupeWindow = 30 * time.Second

// openStream finds the stream, or creates it, and checks that it is set up as policy says.
func openStream(ctx context.Context, js jetstream.JetStream, policy jetstream.StreamConfig) (jetstream.Stream, error) {
	stream, err := js.Stream(ctx, policy.Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		stream, err = js.CreateStream(ctx, policy)
	}
	if err != nil {
		return nil, fmt.Errorf("open stream %s: %w", policy.Name, err)
	}
	if differences := policyDifferences(policy, stream.CachedInfo().Config); len(differences) > 0 {
		return nil, fmt.Errorf("stream %s is not set up as it must be (%s): set it back with the nats tool: %w",
			policy.Name, strings.Join(differences, "; "), ErrSettings)
	}
	return stream, nil
}

// policyDifferences names the settings of have that bear on durability and differ from want.
func policyDifferences(want, have jetstream.StreamConfig) []string {
	var differences []string
	check := func(name string, have, want any) {
		if have != want {
			differences = append(differences, fmt.Sprintf("%s is %v, not %v", name, have, want))
		}
	}
	check("subjects", strings.Join(have.Subjects, " "), strings.Join(want.Subjects, " "))
	check("storage", have.Storage, want.Storage)
	check("persist mode", have.PersistMode, want.PersistMode)
	check("compression", have.Compression, want.Compression) // what is erased must be found to be gone
	check("retention", have.Retention, want.Retention)
	check("discard", have.Discard, want.Discard)
	check("discard new per subject", have.DiscardNewPerSubject, false)
	check("replicas", have.Replicas, want.Replicas)
	check("max messages", have.MaxMsgs, want.MaxMsgs)
	check("max bytes", have.MaxBytes, want.MaxBytes)
	check("max age", have.MaxAge, want.MaxAge)
	check("max messages per subject", have.MaxMsgsPerSubject, want.MaxMsgsPerSubject)
	check("max message size", have.MaxMsgSize, want.MaxMsgSize)
	check("no ack", have.NoAck, false)
	check("deny delete", have.DenyDelete, want.DenyDelete)
	check("deny purge", have.DenyPurge, want.DenyPurge)
	check("sealed", have.Sealed, false)
	check("allow rollup", have.AllowRollup, false)
	check("allow direct", have.AllowDirect, false)
	check("allow message TTL", have.AllowMsgTTL, false)
	check("subject delete markers", have.SubjectDeleteMarkerTTL, time.Duration(0))
	check("allow counters", have.AllowMsgCounter, false)
	check("allow schedules", have.AllowMsgSchedules, false)
	check("allow atomic batches", have.AllowAtomicPublish, false)
	check("allow batches", have.AllowBatchPublish, false)
	check("mirror", have.Mirror != nil, false)
	check("sources", len(have.Sources), 0)
	check("subject transform", have.SubjectTransform != nil, false)
	check("republish", have.RePublish != nil, false)
	check("first sequence", max(have.FirstSeq, 1), uint64(1))
	return differences
}
