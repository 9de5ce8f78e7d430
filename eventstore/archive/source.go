package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// Source gives the files of an archive by their paths, with slashes, as TilePath, EntriesPath and CheckpointPath name
// them. It may be used concurrently.
type Source interface {
	// ReadFile returns the whole of a file. One that is not there is fs.ErrNotExist.
	ReadFile(ctx context.Context, path string) ([]byte, error)
}

// Dir returns the archive in a folder. Nothing outside of the folder is read, nor anything in it that is not the log's.
func Dir(root string) Source { return dirSource{root} }

type dirSource struct{ root string }

// ReadFile reads a file of the folder.
func (d dirSource) ReadFile(ctx context.Context, path string) ([]byte, error) {
	if !isLogPath(path) {
		return nil, fmt.Errorf("%s is no file of a log: %w", path, fs.ErrNotExist)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	file, err := os.OpenInRoot(d.root, filepath.FromSlash(path))
	if err != nil {
		return nil, fmt.Errorf("read the archive: %w", err)
	}
	data, err := readLimited(file)
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return data, nil
}

// HTTP returns the archive that is served below a URL, such as http://127.0.0.1:8080/log. client may be nil.
func HTTP(base string, client *http.Client) Source {
	if client == nil {
		client = http.DefaultClient
	}
	return httpSource{strings.TrimSuffix(base, "/"), client}
}

type httpSource struct {
	base   string
	client *http.Client
}

// ReadFile asks for a file.
func (h httpSource) ReadFile(ctx context.Context, path string) (_ []byte, err error) {
	url := h.base + "/" + path
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("ask for %s: %w", url, err)
	}
	response, err := h.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("ask for a file of the log: %w", err)
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	switch response.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound, http.StatusGone:
		return nil, fmt.Errorf("%s: %w", url, fs.ErrNotExist)
	default:
		return nil, fmt.Errorf("%s answers %s", url, response.Status)
	}
	data, err := readLimited(response.Body)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", url, err)
	}
	return data, nil
}

// readLimited reads all, up to the size of the largest file that an archive can have.
func readLimited(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFileBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	if len(data) > maxFileBytes {
		return nil, fmt.Errorf("more than %d bytes, the most that a file of a log can have: %w", maxFileBytes, ErrDamaged)
	}
	return data, nil
}
