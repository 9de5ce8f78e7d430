package openapi

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	remitproto "github.com/remit-register/remit/proto"
)

// readWords returns the comment above each declaration of the schema, by its full name. It relies on the form that
// `buf format` gives the files: declarations at the beginning of a line, their members two spaces in, and those of a oneof four.
func readWords() (map[protoreflect.FullName]string, error) {
	words := map[protoreflect.FullName]string{}
	declaration := regexp.MustCompile(`^(?:message|service|enum) (\w+) \{`)
	member := regexp.MustCompile(`^  (?:  )?(?:rpc (\w+)\(|(?:repeated |optional )?(?:map<[^>]*>|[\w.]+) (\w+) = \d|(\w+) = \d)`)
	err := fs.WalkDir(remitproto.Sources, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		source, err := remitproto.Sources.ReadFile(path)
		if err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		within, comment := protoreflect.FullName(""), []string{}
		for line := range strings.Lines(string(source)) {
			text := strings.TrimSpace(line)
			switch found := member.FindStringSubmatch(line); {
			case strings.HasPrefix(text, "//"):
				comment = append(comment, strings.TrimSpace(strings.TrimPrefix(text, "//")))
				continue
			case declaration.MatchString(line):
				within = protoreflect.FullName("remit.v1." + declaration.FindStringSubmatch(line)[1])
				words[within] = strings.Join(comment, " ")
			case found != nil:
				words[within+"."+protoreflect.FullName(found[1]+found[2]+found[3])] = strings.Join(comment, " ")
			}
			comment = nil
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the schema's comments: %w", err)
	}
	return words, nil
}
