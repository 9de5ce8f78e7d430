package observe

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.yaml.in/yaml/v3"
)

// watched returns metrics that watch a register in a known state.
func watched(now *time.Time) *Metrics {
	m := NewMetrics(func() time.Time { return *now }, "v1")
	m.Watch(State{
		Recorded: func() uint64 { return 10 }, Shown: func() uint64 { return 7 },
		Waiting: func() (int, int) { return 3, 100 }, Writable: func() bool { return true }, Synced: func() bool { return false },
		Archived: func() (uint64, time.Time) { return 4, now.Add(-90 * time.Second) },
		Fed:      func() (uint64, int) { return 9, 2 },
		Rebuilt:  func() (uint64, uint64) { return 3, 1 },
		Findings: func() (map[string]int, error) { return map[string]int{"high": 1}, nil },
		Awaiting: func() (int, error) { return 5, nil },
	})
	return m
}

// names returns the names of all metrics, whether or not they have a value yet.
func names(t *testing.T) map[string]bool {
	t.Helper()
	now := time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
	all := map[string]bool{}
	descriptions := make(chan *prometheus.Desc)
	go func() {
		watched(&now).registry.Describe(descriptions)
		close(descriptions)
	}()
	for d := range descriptions {
		all[regexp.MustCompile(`fqName: "([^"]+)"`).FindStringSubmatch(d.String())[1]] = true
	}
	if len(all) < 30 {
		t.Fatalf("only %d metrics are described", len(all))
	}
	return all
}

func deployed(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", "deploy", name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// checkExpression checks that an expression is closed and names metrics that there are, at least one of them.
func checkExpression(t *testing.T, where, expression string, known map[string]bool) {
	t.Helper()
	for _, pair := range []string{"()", "{}", "[]"} {
		if strings.Count(expression, pair[:1]) != strings.Count(expression, pair[1:]) {
			t.Errorf("%s: %s is not closed", where, expression)
		}
	}
	found := regexp.MustCompile(`\b(remit|go|process)_[a-z0-9_]+\b`).FindAllString(expression, -1)
	if len(found) == 0 && !strings.HasPrefix(expression, "up{") {
		t.Errorf("%s: %s names no metric", where, expression)
	}
	for _, name := range found {
		base := regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(name, "")
		if !known[name] && !known[base] {
			t.Errorf("%s: there is no metric %s", where, name)
		}
	}
}

func TestAlertsNameMetricsThatThereAre(t *testing.T) {
	var rules struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For string
				Labels           map[string]string
				Annotations      map[string]string
			}
		}
	}
	decoder := yaml.NewDecoder(strings.NewReader(string(deployed(t, "alerts.yaml"))))
	decoder.KnownFields(true)
	if err := decoder.Decode(&rules); err != nil {
		t.Fatal(err)
	}
	known, seen := names(t), map[string]bool{}
	for _, group := range rules.Groups {
		for _, rule := range group.Rules {
			if rule.Alert == "" || seen[rule.Alert] {
				t.Errorf("an alert has no name of its own: %q", rule.Alert)
			}
			seen[rule.Alert] = true
			checkExpression(t, rule.Alert, rule.Expr, known)
			if s := rule.Labels["severity"]; s != "page" && s != "ticket" {
				t.Errorf("%s has severity %q", rule.Alert, s)
			}
			if rule.Annotations["summary"] == "" || rule.Annotations["remedy"] == "" {
				t.Errorf("%s does not say what is wrong and what to do", rule.Alert)
			}
			if _, err := time.ParseDuration(rule.For); rule.For != "" && err != nil {
				t.Errorf("%s waits for %q", rule.Alert, rule.For)
			}
		}
	}
	if len(seen) < 10 {
		t.Errorf("there are %d alerts only", len(seen))
	}
}

func TestDashboardNamesMetricsThatThereAre(t *testing.T) {
	var board struct {
		Title  string
		Panels []struct {
			ID      int
			Title   string
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(deployed(t, "dashboard.json"), &board); err != nil {
		t.Fatal(err)
	}
	known, ids := names(t), map[int]bool{}
	for _, panel := range board.Panels {
		if ids[panel.ID] || len(panel.Targets) == 0 || panel.GridPos.X+panel.GridPos.W > 24 {
			t.Errorf("panel %d %q is there twice, empty, or too wide", panel.ID, panel.Title)
		}
		ids[panel.ID] = true
		for _, target := range panel.Targets {
			checkExpression(t, panel.Title, target.Expr, known)
		}
	}
	if len(ids) < 15 {
		t.Errorf("there are %d panels only", len(ids))
	}
}

// Every metric is documented, and what is documented is there.
func TestMetricsAreDocumented(t *testing.T) {
	documented := map[string]bool{"remit_doctor_check": true}
	for _, match := range regexp.MustCompile("(?m)^\\| `(remit_[a-z_]+)").FindAllStringSubmatch(string(deployed(t, "METRICS.md")), -1) {
		documented[match[1]] = true
	}
	known := names(t)
	for name := range known {
		if strings.HasPrefix(name, "remit_") && !documented[name] {
			t.Errorf("METRICS.md does not say what %s is", name)
		}
	}
	for name := range documented {
		if !known[name] && name != "remit_doctor_check" {
			t.Errorf("METRICS.md tells of %s, which there is not", name)
		}
	}
}
