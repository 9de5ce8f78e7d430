package projections

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore/checkpoint"
)

// Checkpoints keep copies of what views know on disk, so that a restart need not fold the whole log again. They are a
// cache: each is bound to a position of one log, by the root of its tree there, and to the program that wrote it.
// Whatever does not fit exactly is discarded, and the views are rebuilt from the log.
type Checkpoints struct {
	config      CheckpointConfig
	codec       *checkpoint.Codec
	fingerprint string
	// writing is held by who writes.
	writing sync.Mutex
}

// CheckpointConfig says where checkpoints are kept and when they are written. Dir, Program, Root and Logger are required.
type CheckpointConfig struct {
	// Dir is a directory of their own. It is made when missing.
	Dir string
	// Key seals what is written: what somebody wrote who does not know it is not read.
	Key []byte
	// Program identifies the running program: what another one wrote is not read, for it may fold events differently.
	// It is called when there is a checkpoint to read or to write.
	Program func() (string, error)
	// Root returns the root of the log's tree after an event, as text. It fails where the log has no such event, or
	// cannot tell.
	Root func(ctx context.Context, position domain.EventNo) (string, error)
	// Logger is told what is written and what is discarded.
	Logger *slog.Logger
	// Events and Every say when Run writes: after so many events (default 250,000), or when so much time has passed
	// (default 5 minutes) and there is anything new.
	Events domain.EventNo
	Every  time.Duration
}

// keptCheckpoints is how many checkpoints stay on disk: the one before the last serves where the last is damaged.
const keptCheckpoints = 2

// stamp is the header of a checkpoint: to what it is bound.
type stamp struct {
	Position    domain.EventNo `json:"position"`
	Root        string         `json:"root"`
	Program     string         `json:"program"`
	Fingerprint string         `json:"fingerprint"`
}

// NewCheckpoints returns checkpoints in a directory.
func NewCheckpoints(config CheckpointConfig) *Checkpoints {
	if config.Events == 0 {
		config.Events = 250_000
	}
	if config.Every == 0 {
		config.Every = 5 * time.Minute
	}
	codec := stateCodec()
	fingerprint := codec.Fingerprint()
	return &Checkpoints{config: config, codec: codec, fingerprint: hex.EncodeToString(fingerprint[:])}
}

// stateCodec returns what writes and reads the state of views.
func stateCodec() *checkpoint.Codec {
	return checkpoint.New[state](
		checkpoint.Surrogate(packTree, unpackTree),
		// The facts that the index of events keeps, and the commands that may wait for a second person.
		checkpoint.Register(
			domain.OccurrenceRecorded{}, domain.MilestoneRecorded{}, domain.CostRecorded{}, domain.PopulationRecorded{},
			domain.DelegationAccepted{}, domain.Corrected{},
			domain.AllocateFunction{}, domain.RecordOccurrence{}, domain.Correct{}, domain.Reorganise{},
			domain.ErasePersonalData{}, domain.ImportMap{},
		),
	)
}

// packTree lists the cells of a tree.
func packTree(tree *cellTree) []*cell {
	cells := make([]*cell, 0, tree.Len())
	tree.Scan(func(c *cell) bool {
		cells = append(cells, c)
		return true
	})
	return cells
}

func unpackTree(cells []*cell) *cellTree {
	tree := newCellTree()
	for _, c := range cells {
		c.generation = 0
		tree.Load(c)
	}
	return tree
}

// Loaded is a checkpoint that was read and is not yet known to fit the log.
type Loaded struct {
	path  string
	stamp stamp
	state state
}

// Read reads the newest checkpoint that this program wrote and that is whole, nil when there is none. It does not look
// at the log, so that it may be called while that is being opened.
func (c *Checkpoints) Read(ctx context.Context) *Loaded {
	if err := checkpoint.Tidy(c.config.Dir, keptCheckpoints); err != nil {
		c.config.Logger.WarnContext(ctx, "old checkpoints of the views cannot be removed", slog.Any("error", err))
	}
	paths, err := checkpoint.List(c.config.Dir)
	if err != nil {
		c.config.Logger.WarnContext(ctx, "checkpoints of the views cannot be listed", slog.Any("error", err))
	}
	for _, path := range paths {
		loaded, err := c.read(path)
		if err == nil {
			return loaded
		}
		c.discard(ctx, path, err)
	}
	return nil
}

// errStale says that a checkpoint was written by another program, or another version of this one.
var errStale = errors.New("another program wrote it")

func (c *Checkpoints) read(path string) (_ *Loaded, err error) {
	loaded := &Loaded{path: path}
	reader, err := checkpoint.Open(path, c.config.Key, &loaded.stamp)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	program, err := c.config.Program()
	if err != nil {
		return nil, err
	}
	if loaded.stamp.Program != program || loaded.stamp.Fingerprint != c.fingerprint {
		return nil, errStale
	}
	if err := c.codec.Decode(reader, reader.Size, &loaded.state); err != nil {
		return nil, err
	}
	if loaded.state.position() != loaded.stamp.Position {
		return nil, fmt.Errorf("it ends with event %d, not %d: %w", loaded.state.position(), loaded.stamp.Position, checkpoint.ErrDamaged)
	}
	return loaded, nil
}

// discard removes a checkpoint that is of no use. One that is damaged says something about the disk, or about who writes on
// it; another is what an upgrade or a restored journal leaves behind.
func (c *Checkpoints) discard(ctx context.Context, path string, why error) {
	level := slog.LevelInfo
	if errors.Is(why, checkpoint.ErrDamaged) {
		level = slog.LevelWarn
	}
	c.config.Logger.Log(ctx, level, "a checkpoint of the views is discarded, they are rebuilt from the journal",
		slog.String("checkpoint", path), slog.Any("reason", why))
	if err := os.Remove(path); err != nil {
		c.config.Logger.WarnContext(ctx, "a checkpoint of the views cannot be removed", slog.Any("error", err))
	}
}

// Restore gives empty views what was read, or an older checkpoint, provided that it fits the log: the log has the
// checkpoint's position, and the same tree there. It returns the position that the views show then, 0 when nothing
// fits. The views must read their events back from the log (see NewReading), and must not be fed yet.
func (c *Checkpoints) Restore(ctx context.Context, v *Views, loaded *Loaded) domain.EventNo {
	if v.memory != nil {
		return 0
	}
	for ; loaded != nil; loaded = c.Read(ctx) {
		root, err := c.config.Root(ctx, loaded.stamp.Position)
		if err == nil && root == loaded.stamp.Root {
			v.adopt(&loaded.state)
			v.milestones.restored.Store(uint64(loaded.stamp.Position))
			return v.Position()
		}
		if err == nil {
			err = errors.New("the journal holds other events")
		}
		c.discard(ctx, loaded.path, err)
	}
	return 0
}

// adopt puts a state in the place of the one that the views have.
func (v *Views) adopt(s *state) {
	v.feeding.Lock()
	defer v.feeding.Unlock()
	v.mu.Lock()
	v.state = *s
	v.holdings.generation = 0 // no other map has its cells
	position := v.position()
	v.mu.Unlock()
	v.progress.advance(position)
}

// Write writes a checkpoint of what the views show, and returns its position. The views take no new events for as long as
// it takes to copy what they hold, which shares all that does not change; writing it holds up nobody.
func (c *Checkpoints) Write(ctx context.Context, v *Views) (domain.EventNo, error) {
	return c.WriteTelling(ctx, v, func() {})
}

// WriteTelling is Write that tells when the views take new events again.
func (c *Checkpoints) WriteTelling(ctx context.Context, v *Views, goOn func()) (domain.EventNo, error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	return c.write(ctx, v, goOn)
}

// Replace writes a checkpoint in the place of all that there are, because the views were not what they should have been.
func (c *Checkpoints) Replace(ctx context.Context, v *Views) error {
	c.writing.Lock() // and what is being written now is among those that go
	defer c.writing.Unlock()
	paths, err := checkpoint.List(c.config.Dir)
	if err != nil {
		return fmt.Errorf("list the checkpoints of the views: %w", err)
	}
	for _, path := range paths {
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("remove a checkpoint of the views: %w", err)
		}
	}
	_, err = c.write(ctx, v, func() {})
	return err
}

// write is WriteTelling while writing is held.
func (c *Checkpoints) write(ctx context.Context, v *Views, goOn func()) (domain.EventNo, error) {
	file, position, err := c.copy(ctx, v, goOn)
	if err != nil {
		return 0, fmt.Errorf("write a checkpoint of the views: %w", err)
	}
	if err := file.Commit(fmt.Sprintf("views-%020d", position)); err != nil {
		return 0, fmt.Errorf("write a checkpoint of the views: %w", err)
	}
	v.milestones.checkpoint.Store(uint64(position))
	c.config.Logger.InfoContext(ctx, "a checkpoint of the views is written", slog.Uint64("position", uint64(position)))
	return position, checkpoint.Tidy(c.config.Dir, keptCheckpoints)
}

// copy writes the state into a file that is not committed. It is written from a copy, which takes little time to make.
func (c *Checkpoints) copy(ctx context.Context, v *Views, goOn func()) (*checkpoint.File, domain.EventNo, error) {
	program, err := c.config.Program()
	if err != nil {
		return nil, 0, err
	}
	copied, err := v.wholeCopy()
	goOn()
	if err != nil {
		return nil, 0, err
	}
	position := copied.position()
	root, err := c.config.Root(ctx, position)
	if err != nil {
		return nil, 0, err
	}
	file, err := checkpoint.Create(c.config.Dir, c.config.Key, stamp{position, root, program, c.fingerprint})
	if err != nil {
		return nil, 0, err
	}
	if err := c.codec.Encode(file, &copied); err != nil {
		return nil, 0, errors.Join(err, file.Abandon())
	}
	return file, position, nil
}

// Run writes checkpoints of views that are being fed until ctx ends. What goes wrong is logged: the register does not
// depend on it.
func (c *Checkpoints) Run(ctx context.Context, v *Views) {
	written := v.Status().Restored
	for ctx.Err() == nil {
		soon, cancel := context.WithTimeout(ctx, c.config.Every)
		err := v.WaitFor(soon, written+c.config.Events)
		cancel()
		if errors.Is(err, ErrStopped) {
			return
		}
		if ctx.Err() == nil {
			written = c.writeNews(ctx, v, written)
		}
	}
}

// WriteLast writes a checkpoint if there is anything new since the last one, when the views are no longer fed.
func (c *Checkpoints) WriteLast(ctx context.Context, v *Views) {
	paths, err := checkpoint.List(c.config.Dir)
	var last stamp
	if err == nil && len(paths) > 0 {
		if reader, err := checkpoint.Open(paths[0], c.config.Key, &last); err == nil {
			_ = reader.Close() // nothing was written
		}
	}
	c.writeNews(ctx, v, last.Position)
}

// writeNews writes a checkpoint if there is anything new, and returns up to where there is one.
func (c *Checkpoints) writeNews(ctx context.Context, v *Views, written domain.EventNo) domain.EventNo {
	if v.Position() <= written {
		return written
	}
	position, err := c.Write(ctx, v)
	if err != nil {
		c.config.Logger.WarnContext(ctx, "no checkpoint of the views is written: a restart takes longer", slog.Any("error", err))
		return v.Position() // not again before there is more
	}
	return position
}
