package reference

import (
	"crypto/sha1" //nolint:gosec // RFC 9562 builds UUIDs of version 5 on SHA-1; nothing is kept secret by it
	"encoding/json"
	"fmt"
)

// namespace is the name whose UUID is the namespace of the load's command ids. It must never change: a register that
// was loaded under other ids would take the same facts for new ones.
const namespace = "https://github.com/remit-register/remit/domain/reference"

// commandID derives a step's command id (RFC 9562 version 5) from its key, its content and the step it comes after.
// Content that is left out does not count, so that a command that gains a field keeps its id.
func commandID(s Step) (string, error) {
	written, err := json.Marshal(s.command)
	if err != nil {
		return "", fmt.Errorf("write the content of %q: %w", s.Key, err)
	}
	var content any
	if err := json.Unmarshal(written, &content); err != nil {
		return "", fmt.Errorf("read the content of %q: %w", s.Key, err)
	}
	canonical, err := json.Marshal([]any{s.command.Method(), s.Key, s.After, pruned(content)})
	if err != nil {
		return "", fmt.Errorf("write the content of %q: %w", s.Key, err)
	}
	return nameBased(nameBased(urlNamespace(), []byte(namespace)), canonical).String(), nil
}

type uuid [16]byte

// urlNamespace is the namespace of names that are URLs (RFC 9562 §6.6).
func urlNamespace() uuid {
	return uuid{0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}
}

// nameBased makes a UUID of version 5 (RFC 9562 §5.5).
func nameBased(space uuid, name []byte) uuid {
	sum := sha1.Sum(append(space[:], name...)) //nolint:gosec // as the standard prescribes
	id := uuid(sum[:16])
	id[6] = id[6]&0x0f | 0x50
	id[8] = id[8]&0x3f | 0x80
	return id
}

func (u uuid) String() string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// pruned returns decoded JSON without its empty values, nil when nothing is left.
func pruned(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			if v[name] = pruned(member); v[name] == nil {
				delete(v, name)
			}
		}
		if len(v) == 0 {
			return nil
		}
	case []any:
		for i := range v {
			v[i] = pruned(v[i])
		}
		if len(v) == 0 {
			return nil
		}
	case string:
		if v == "" {
			return nil
		}
	case float64:
		if v == 0 {
			return nil
		}
	case bool:
		if !v {
			return nil
		}
	}
	return value
}
