package archive

import (
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
)

// beyond lists the files of an archive's folder that hold something after so many events: what was written and never
// signed, or what another journal had. The restored journal would not agree with them.
func beyond(folder string, size uint64) ([]string, error) {
	var paths []string
	err := fs.WalkDir(os.DirFS(folder), ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && isLogPath(path) && path != CheckpointPath && fileEnd(path) > size {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for what was never signed: %w", err)
	}
	return paths, nil
}

// fileEnd is the number of the last event that a bundle or tile covers.
func fileEnd(path string) uint64 {
	kind, rest, _ := strings.Cut(strings.TrimPrefix(path, "tile/"), "/")
	number, width, partial := strings.Cut(rest, partialSuffix+"/")
	index, err := strconv.ParseUint(strings.NewReplacer("x", "", "/", "").Replace(number), 10, 64)
	if err != nil {
		return 0
	}
	n := uint64(TileWidth)
	if partial {
		if n, err = strconv.ParseUint(width, 10, 64); err != nil {
			return 0
		}
	}
	level := 0
	if kind != "entries" {
		if level, err = strconv.Atoi(kind); err != nil {
			return 0
		}
	}
	return (index*TileWidth + n) << (tileHeight * level)
}
