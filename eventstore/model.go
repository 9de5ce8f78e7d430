package eventstore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore/checkpoint"
)

// CheckpointConfig says how checkpoints of the write model are kept. Key and Program are required.
type CheckpointConfig struct {
	// Key returns what seals them: what somebody wrote who does not know it is not read. It is called once the data
	// directory is this process's own.
	Key func() ([]byte, error)
	// Program identifies the running program: what another one wrote is not read, for it may fold events differently.
	// It is called when there is a checkpoint to read or to write.
	Program func() (string, error)
	// Events says how often one is written while the store runs: after so many events, and an eighth of all that there
	// are. Default 250,000, or VerifyAtStart where that is less. When the store closes, one is written for a 25th of that.
	Events domain.EventNo
}

const (
	modelFolder = "model" // in the data directory
	// keptModels is how many checkpoints stay on disk: the one before the last serves where the last is damaged.
	keptModels = 2
)

// model is what Open makes of the journal: the write model, and what else it keeps of every record.
type model struct {
	state      *domain.State
	edge       [][]byte         // of the tree
	starts     []domain.EventNo // first event of each record
	commands   []idSlot         // in no order
	recordedAt time.Time        // of the last event
	lost       []string         // texts and people that the vault did not have when the store was opened, see LostTexts
}

// modelStamp is the header of a checkpoint: to what it is bound. Hashes are in hex.
type modelStamp struct {
	Size domain.EventNo `json:"size"`
	Root string         `json:"root"` // of the tree
	// Record is the number of the last record, Last the SHA-256 of its bytes, which hold the tree before it. First is that
	// of the first record, whose id no other journal has.
	Record      uint64 `json:"record"`
	First       string `json:"first"`
	Last        string `json:"last"`
	Program     string `json:"program"`
	Fingerprint string `json:"fingerprint"`
}

// modelKeeper writes and reads checkpoints of the write model.
type modelKeeper struct {
	cfg         CheckpointConfig
	dir         string
	logger      *slog.Logger
	key         []byte
	codec       *checkpoint.Codec
	fingerprint string
}

// newModelKeeper returns what keeps checkpoints, nil where that is not wanted.
func newModelKeeper(cfg Config) (*modelKeeper, error) {
	if cfg.Checkpoint == nil || cfg.Dir == "" {
		return nil, nil //nolint:nilnil // nil is what it says
	}
	key, err := cfg.Checkpoint.Key()
	if err != nil {
		return nil, fmt.Errorf("read the key of checkpoints: %w", err)
	}
	codec := checkpoint.New[model](checkpoint.Register(
		// The commands that may wait for a second person: see awaitedCommands.
		domain.AllocateFunction{}, domain.RecordOccurrence{}, domain.Correct{}, domain.Reorganise{},
		domain.ErasePersonalData{}, domain.ImportMap{},
	))
	fingerprint := codec.Fingerprint()
	return &modelKeeper{
		cfg: *cfg.Checkpoint, dir: filepath.Join(cfg.Dir, modelFolder), logger: cfg.Logger, key: key,
		codec: codec, fingerprint: hex.EncodeToString(fingerprint[:]),
	}, nil
}

// write writes a checkpoint. It ends without one when ctx does.
func (k *modelKeeper) write(ctx context.Context, stamp modelStamp, m *model) error {
	program, err := k.cfg.Program()
	if err != nil {
		return err
	}
	stamp.Program, stamp.Fingerprint = program, k.fingerprint
	file, err := checkpoint.Create(k.dir, k.key, stamp)
	if err != nil {
		return fmt.Errorf("write a checkpoint of the write model: %w", err)
	}
	if err := k.codec.Encode(untilDone{ctx, file}, m); err != nil {
		return errors.Join(fmt.Errorf("write a checkpoint of the write model: %w", err), file.Abandon())
	}
	if err := file.Commit(fmt.Sprintf("model-%020d", stamp.Size)); err != nil {
		return fmt.Errorf("write a checkpoint of the write model: %w", err)
	}
	k.logger.InfoContext(ctx, "a checkpoint of the write model is written", slog.Uint64("position", uint64(stamp.Size)))
	return checkpoint.Tidy(k.dir, keptModels)
}

// untilDone writes until ctx ends.
type untilDone struct {
	ctx  context.Context //nolint:containedctx // for as long as one checkpoint is written
	file *checkpoint.File
}

// Write adds to the checkpoint.
func (u untilDone) Write(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.file.Write(p)
}

// errStale says that a checkpoint was written by another program, or another version of this one.
var errStale = errors.New("another program wrote it")

// read reads the checkpoint at a path, which is only known to be what this program wrote.
func (k *modelKeeper) read(path string) (_ modelStamp, _ *model, err error) {
	var stamp modelStamp
	reader, err := checkpoint.Open(path, k.key, &stamp)
	if err != nil {
		return stamp, nil, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	program, err := k.cfg.Program()
	if err != nil {
		return stamp, nil, err
	}
	if stamp.Program != program || stamp.Fingerprint != k.fingerprint {
		return stamp, nil, errStale
	}
	m := &model{}
	if err := k.codec.Decode(reader, reader.Size, m); err != nil {
		return stamp, nil, err
	}
	if m.state == nil || m.state.Last() != stamp.Size || uint64(len(m.starts)) != stamp.Record || !slices.IsSorted(m.starts) {
		return stamp, nil, fmt.Errorf("it is not of event %d in record %d: %w", stamp.Size, stamp.Record, checkpoint.ErrDamaged)
	}
	return stamp, m, nil
}

// paths returns where checkpoints are, the newest first.
func (k *modelKeeper) paths(ctx context.Context) []string {
	paths, err := checkpoint.List(k.dir)
	if err != nil {
		k.logger.WarnContext(ctx, "checkpoints of the write model cannot be listed", slog.Any("error", err))
	}
	return paths
}

// discard removes a checkpoint that is of no use.
func (k *modelKeeper) discard(ctx context.Context, path string, why error) {
	k.logger.WarnContext(ctx, "a checkpoint of the write model is discarded: the journal is verified from its first record",
		slog.String("checkpoint", path), slog.Any("reason", why))
	if err := os.Remove(path); err != nil {
		k.logger.WarnContext(ctx, "a checkpoint of the write model cannot be removed", slog.Any("error", err))
	}
}

// discardAll removes all checkpoints, so that the next start verifies everything.
func (k *modelKeeper) discardAll(ctx context.Context, why error) {
	if k == nil {
		return
	}
	for _, path := range k.paths(ctx) {
		k.discard(ctx, path, why)
	}
}

// recordHash is the SHA-256 of a record's bytes in hex.
func recordHash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
