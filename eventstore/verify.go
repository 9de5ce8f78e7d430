package eventstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
)

// The oldest server that was examined for what the journal relies on.
const oldestServer = "2.15.1"

// verify checks that the server is new enough, takes the largest record and syncs every write.
func (c *connection) verify(ctx context.Context, cfg Config) error {
	if version := c.nc.ConnectedServerVersion(); olderThan(version, oldestServer) {
		return fmt.Errorf("NATS server %s is older than %s: update it: %w", version, oldestServer, ErrSettings)
	}
	if limit := c.nc.MaxPayload(); limit < maxRecordBytes {
		return fmt.Errorf("the NATS server takes messages of %d bytes only: set max_payload to %d or more: %w",
			limit, maxRecordBytes, ErrSettings)
	}
	if c.embedded() || cfg.AcceptUnverifiedSync {
		return nil
	}
	return verifySync(ctx, cfg, c.nc.ConnectedServerId())
}

// verifySync asks the monitoring port of each server whether it syncs every write. Servers that are down cannot be
// asked; a majority that says yes, among them the one connected to, is enough to go on with.
func verifySync(ctx context.Context, cfg Config, connectedTo string) error {
	const remedy = `set "jetstream { sync_interval: always }" on every server and give the addresses of their ` +
		`monitoring ports, or accept the risk of losing acknowledged events`
	seen := map[string]bool{}
	for _, address := range cfg.Monitors {
		v, err := readVarz(ctx, cfg, address)
		switch {
		case err != nil:
			cfg.Logger.WarnContext(ctx, "a NATS server cannot be asked whether it syncs every write",
				slog.String("address", address), slog.Any("error", err))
			continue
		case !v.JetStream.Config.SyncAlways:
			return fmt.Errorf("the NATS server at %s does not sync every write: %s: %w", address, remedy, ErrSettings)
		case olderThan(v.Version, oldestServer):
			return fmt.Errorf("the NATS server at %s is version %s, older than %s: update it: %w",
				address, v.Version, oldestServer, ErrSettings)
		}
		seen[v.ServerID] = true
	}
	if !seen[connectedTo] || len(seen) <= cfg.Replicas/2 || len(cfg.Monitors) < cfg.Replicas {
		return fmt.Errorf("%d monitoring addresses show %d servers that sync every write, for %d replicas, "+
			"and the one connected to among them: %t: %s: %w",
			len(cfg.Monitors), len(seen), cfg.Replicas, seen[connectedTo], remedy, ErrSettings)
	}
	return nil
}

// varz is what we read of a server's /varz.
type varz struct {
	ServerID  string `json:"server_id"`
	Version   string `json:"version"`
	JetStream struct {
		Config struct {
			SyncAlways bool `json:"sync_always"`
		} `json:"config"`
	} `json:"jetstream"`
}

func readVarz(ctx context.Context, cfg Config, address string) (v varz, err error) {
	ctx, cancel := context.WithTimeout(ctx, cfg.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(address, "/")+"/varz", nil)
	if err != nil {
		return v, fmt.Errorf("address: %w", err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return v, fmt.Errorf("ask: %w", err)
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	if response.StatusCode != http.StatusOK {
		return v, fmt.Errorf("answer %s", response.Status)
	}
	if err := json.NewDecoder(response.Body).Decode(&v); err != nil {
		return v, fmt.Errorf("answer: %w", err)
	}
	return v, nil
}

// olderThan compares versions such as "2.15.2" or "2.16.0-RC.1"; what is no version counts as old.
func olderThan(version, than string) bool {
	have, want := versionNumbers(version), versionNumbers(than)
	for i := range want {
		if have[i] != want[i] {
			return have[i] < want[i]
		}
	}
	return false
}

func versionNumbers(version string) (numbers [3]int) {
	core, _, _ := strings.Cut(version, "-")
	for i, part := range strings.SplitN(core, ".", len(numbers)) {
		n, err := strconv.Atoi(part)
		if err != nil {
			return numbers
		}
		numbers[i] = n
	}
	return numbers
}
