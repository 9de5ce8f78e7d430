package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

// What the pages load. assets/built/ is there when it was built before the program; see doc.go.
//
//go:embed all:assets
var assetFiles embed.FS

const assetPrefix = "/assets/"

// assets are the files that pages load, under names that change with their content, so that browsers keep them.
type assets struct {
	byName map[string]asset  // by name in an address
	names  map[string]string // address, by path below assets/
	built  bool
}

type asset struct {
	kind    string
	content []byte
	packed  []byte // the content as gzip packs it; nil where that gains nothing
}

func loadAssets() (assets, error) {
	a := assets{byName: map[string]asset{}, names: map[string]string{}}
	root, err := fs.Sub(assetFiles, "assets")
	if err != nil {
		return a, fmt.Errorf("open: %w", err)
	}
	err = fs.WalkDir(root, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(file, ".scss") || strings.HasPrefix(path.Base(file), ".") {
			return err
		}
		content, err := fs.ReadFile(root, file)
		if err != nil {
			return fmt.Errorf("read %s: %w", file, err)
		}
		sum := sha256.Sum256(content)
		extension := path.Ext(file)
		name := strings.TrimSuffix(path.Base(file), extension) + "-" + hex.EncodeToString(sum[:6]) + extension
		packed, err := pack(content)
		if err != nil {
			return fmt.Errorf("pack %s: %w", file, err)
		}
		a.byName[name] = asset{mime.TypeByExtension(extension), content, packed}
		if image, ok := strings.CutPrefix(file, "built/"); ok && strings.HasPrefix(image, "images/") {
			a.byName[image] = a.byName[name] // as the style sheet of the NHS calls it
		}
		a.names[file] = assetPrefix + name
		return nil
	})
	_, a.built = a.names["built/console.css"]
	return a, err //nolint:wrapcheck // it is the walk's own, wrapped there
}

// address returns where a page finds a file, "" when the file is not there.
func (a assets) address(file string) string { return a.names[file] }

// ServeHTTP serves a file.
func (a assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	file, ok := a.byName[strings.TrimPrefix(r.URL.Path, assetPrefix)]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", file.kind)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Add("Vary", "Accept-Encoding")
	content := file.content
	if file.packed != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		content = file.packed
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// pack packs a file, nil where that gains nothing.
func pack(content []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err //nolint:wrapcheck // wrapped where it is called
	}
	if _, err := w.Write(content); err != nil {
		return nil, err //nolint:wrapcheck // wrapped where it is called
	}
	if err := w.Close(); err != nil {
		return nil, err //nolint:wrapcheck // wrapped where it is called
	}
	if b.Len() >= len(content) {
		return nil, nil
	}
	return b.Bytes(), nil
}
