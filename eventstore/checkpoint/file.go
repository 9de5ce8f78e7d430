package checkpoint

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// A file is a line that names its form, a frame with the header as JSON, frames with the body, and an empty one. A
// frame is its size, four bytes, its seal, and its bytes: nothing is handed out before it is checked.
const (
	magic      = "remit checkpoint 2\n"
	frameSize  = 1 << 20
	frameStart = 4 + sha256.Size
	extension  = ".checkpoint"
	unfinished = ".unfinished"
)

// sealer seals the frames of a file one after the other: HMAC-SHA256 over the seal of the frame before and the bytes.
// So nobody without the key can make a frame, leave one out, or take one from another file.
type sealer struct {
	key  []byte
	last [sha256.Size]byte
}

func (s *sealer) seal(data []byte) []byte {
	mac := hmac.New(sha256.New, s.key)
	mac.Write(s.last[:])
	mac.Write(data)
	mac.Sum(s.last[:0])
	return s.last[:]
}

// File is a checkpoint that is being written. It is not there until it is committed.
type File struct {
	file   *os.File
	sealer sealer
	frame  []byte
	err    error
}

// Create begins a checkpoint in a directory, which is made when it is missing, with a header as JSON. Only who has the
// key reads it.
func Create(dir string, key []byte, header any) (*File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("begin a checkpoint: %w", err)
	}
	file, err := os.CreateTemp(dir, "*"+unfinished)
	if err != nil {
		return nil, fmt.Errorf("begin a checkpoint: %w", err)
	}
	f := &File{file: file, sealer: sealer{key: key}}
	if _, f.err = file.WriteString(magic); f.err == nil {
		var text []byte
		if text, f.err = json.Marshal(header); f.err == nil {
			f.flush(text)
		}
	}
	if f.err != nil {
		return nil, errors.Join(fmt.Errorf("begin a checkpoint: %w", f.err), f.Abandon())
	}
	return f, nil
}

// Write adds to the body.
func (f *File) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 && f.err == nil {
		if len(f.frame) == 0 && len(p) >= frameSize {
			f.flush(p[:frameSize])
			p = p[frameSize:]
			continue
		}
		take := min(len(p), frameSize-len(f.frame))
		f.frame, p = append(f.frame, p[:take]...), p[take:]
		if len(f.frame) == frameSize {
			f.flush(f.frame)
			f.frame = f.frame[:0]
		}
	}
	return n, f.err
}

// flush writes a frame.
func (f *File) flush(data []byte) {
	var start [frameStart]byte
	binary.LittleEndian.PutUint32(start[:], uint32(len(data))) //nolint:gosec // at most frameSize
	copy(start[4:], f.sealer.seal(data))
	if _, err := f.file.Write(start[:]); err != nil && f.err == nil {
		f.err = err
	}
	if _, err := f.file.Write(data); err != nil && f.err == nil {
		f.err = err
	}
}

// Commit brings the checkpoint to disk, and only then gives it its name: whoever finds it finds all of it.
func (f *File) Commit(name string) error {
	if len(f.frame) > 0 {
		f.flush(f.frame)
	}
	f.flush(nil)
	if f.err == nil {
		f.err = f.file.Sync()
	}
	if f.err != nil {
		return errors.Join(fmt.Errorf("write the checkpoint %s: %w", name, f.err), f.Abandon())
	}
	dir := filepath.Dir(f.file.Name())
	err := f.file.Close()
	if err == nil {
		err = os.Rename(f.file.Name(), filepath.Join(dir, name+extension))
	}
	if err == nil {
		err = syncDir(dir)
	}
	if err != nil {
		return fmt.Errorf("write the checkpoint %s: %w", name, err)
	}
	return nil
}

// Abandon removes what was written.
func (f *File) Abandon() error {
	return errors.Join(f.file.Close(), os.Remove(f.file.Name()))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Reader is a checkpoint that is being read. It reads the body, of which it gives nothing that is not whole.
type Reader struct {
	// Size is that of the file: the body has at most as many bytes.
	Size uint64

	file   *os.File
	sealer sealer
	frame  []byte
	rest   []byte
	ended  bool
}

// Open opens a checkpoint by its path and reads the header. One that was not written with this key is ErrDamaged.
func Open(path string, key []byte, header any) (*Reader, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open a checkpoint: %w", err)
	}
	r := &Reader{file: file, sealer: sealer{key: key}}
	if err := r.begin(header); err != nil {
		return nil, errors.Join(fmt.Errorf("open the checkpoint %s: %w", filepath.Base(path), err), file.Close())
	}
	return r, nil
}

func (r *Reader) begin(header any) error {
	info, err := r.file.Stat()
	if err != nil {
		return err
	}
	r.Size = uint64(info.Size()) //nolint:gosec // not negative
	start := make([]byte, len(magic))
	if _, err := io.ReadFull(r.file, start); err != nil || !bytes.Equal(start, []byte(magic)) {
		return fmt.Errorf("it does not begin as one: %w", ErrDamaged)
	}
	if err := r.next(); err != nil {
		return err
	}
	text := r.rest
	r.rest = nil
	if err := json.Unmarshal(text, header); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

// Read reads of the body. It ends with io.EOF only where the whole checkpoint ends.
func (r *Reader) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		if r.ended {
			return 0, io.EOF
		}
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// next reads a frame and checks it.
func (r *Reader) next() error {
	var start [frameStart]byte
	if _, err := io.ReadFull(r.file, start[:]); err != nil {
		return fmt.Errorf("it breaks off: %w: %w", ErrDamaged, err)
	}
	size := binary.LittleEndian.Uint32(start[:])
	if size > frameSize {
		return fmt.Errorf("a frame of %d bytes: %w", size, ErrDamaged)
	}
	if cap(r.frame) < int(size) {
		r.frame = make([]byte, frameSize)
	}
	r.rest = r.frame[:size]
	if _, err := io.ReadFull(r.file, r.rest); err != nil {
		return fmt.Errorf("it breaks off: %w: %w", ErrDamaged, err)
	}
	if !hmac.Equal(r.sealer.seal(r.rest), start[4:]) {
		return fmt.Errorf("a frame has another seal: %w", ErrDamaged)
	}
	r.ended = size == 0
	if !r.ended {
		return nil
	}
	if n, _ := r.file.Read(start[:]); n > 0 {
		return fmt.Errorf("it goes on after its end: %w", ErrDamaged)
	}
	return nil
}

// Close closes the file.
func (r *Reader) Close() error { return r.file.Close() }
