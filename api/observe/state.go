package observe

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// State is where metrics are read when they are asked for. Recorded, Shown, Waiting, Writable and Synced are required.
type State struct {
	// Recorded is the number of the last event recorded, Shown that of the last that answers show.
	Recorded, Shown func() uint64
	// Waiting is how many commands wait for their decision, and how many may.
	Waiting func() (commands, limit int)
	// Writable tells whether commands can be recorded.
	Writable func() bool
	// Synced tells whether every write is known to be synced to disk before it is answered.
	Synced func() bool
	// Archived is the last event under a published checkpoint, and when that was published (zero: unknown). nil without
	// an archive.
	Archived func() (position uint64, at time.Time)
	// Fed is the last event in the feed, and how often it was begun anew. nil without a feed.
	Fed func() (position uint64, rebuilt int)
	// Rebuilt is how often the views were rebuilt since the start, and how often they had not been what the journal says.
	// nil where that is not known.
	Rebuilt func() (times, mended uint64)
	// Verifying is how many of the events that were taken from a checkpoint at the start are verified by now, and how many
	// there are: 0 when all are. nil where that is not known.
	Verifying func() (verified, of uint64)
	// Findings counts what is incoherent in today's map, by severity. It may take some time, so it is asked at most once a
	// minute and only when events came.
	Findings func() (map[string]int, error)
	// Awaiting counts the commands that wait for a second person.
	Awaiting func() (int, error)
}

// findingsFor is how long findings are kept before they are looked for again.
const findingsFor = time.Minute

// Watch has the metrics tell the state of a register.
func (m *Metrics) Watch(state State) {
	m.registry.MustRegister(&collectorOfState{state: state, clock: m.clock, descriptions: descriptions()})
}

// collectorOfState reads the state.
type collectorOfState struct {
	state        State
	clock        func() time.Time
	descriptions map[string]*prometheus.Desc

	mu       sync.Mutex
	findings map[string]int // guarded by mu: as of position and day
	position uint64         // guarded by mu
	at       time.Time      // guarded by mu: when they were looked for; zero: never
}

func descriptions() map[string]*prometheus.Desc {
	all := map[string]*prometheus.Desc{}
	for name, help := range map[string]string{
		"remit_events_recorded":           "Number of the last event recorded.",
		"remit_events_shown":              "Number of the last event that answers show.",
		"remit_projection_lag_events":     "Events recorded that answers do not show yet.",
		"remit_queue_commands":            "Commands that wait for their decision.",
		"remit_queue_limit_commands":      "Commands that may wait before more are refused.",
		"remit_writable":                  "1 when commands can be recorded, 0 when not.",
		"remit_journal_synced":            "1 when every write is known to be on disk before it is answered, 0 when that is not known.",
		"remit_clock_seconds":             "The register's clock, in seconds since 1970.",
		"remit_archive_lag_events":        "Events recorded that no published checkpoint covers yet.",
		"remit_checkpoint_age_seconds":    "Time since the newest checkpoint was published, in seconds.",
		"remit_feed_lag_events":           "Events recorded that are not in the feed yet.",
		"remit_feed_rebuilds_total":       "How often the feed was begun anew because it disagreed with the journal.",
		"remit_views_rebuilds_total":      "How often the views were rebuilt since the start.",
		"remit_views_mended_total":        "How often the views were not what the journal says, and were mended by rebuilding them.",
		"remit_journal_unverified_events": "Events taken from a checkpoint at the start that are not verified yet.",
		"remit_awaiting_second_persons":   "Commands that wait for a second person.",
	} {
		all[name] = prometheus.NewDesc(name, help, nil, nil)
	}
	all[findingsName] = prometheus.NewDesc(findingsName, "What is incoherent in today's map, by severity.", []string{"severity"}, nil)
	return all
}

const findingsName = "remit_findings"

// Describe tells which metrics there are.
func (c *collectorOfState) Describe(to chan<- *prometheus.Desc) {
	for _, d := range c.descriptions {
		to <- d
	}
}

// Collect reads the state. What cannot be read is left out.
func (c *collectorOfState) Collect(to chan<- prometheus.Metric) {
	tell := func(name string, kind prometheus.ValueType, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(c.descriptions[name], kind, value, labels...)
	}
	gauge := func(name string, value float64) { tell(name, prometheus.GaugeValue, value) }
	// What follows is read before what it follows, so that it is never ahead.
	shown := c.state.Shown()
	var archived, fed uint64
	if c.state.Archived != nil {
		var at time.Time
		if archived, at = c.state.Archived(); !at.IsZero() {
			gauge("remit_checkpoint_age_seconds", max(0, c.clock().Sub(at).Seconds()))
		}
	}
	if c.state.Fed != nil {
		var rebuilt int
		fed, rebuilt = c.state.Fed()
		tell("remit_feed_rebuilds_total", prometheus.CounterValue, float64(rebuilt))
	}
	if c.state.Rebuilt != nil {
		times, mended := c.state.Rebuilt()
		tell("remit_views_rebuilds_total", prometheus.CounterValue, float64(times))
		tell("remit_views_mended_total", prometheus.CounterValue, float64(mended))
	}
	if c.state.Verifying != nil {
		verified, of := c.state.Verifying()
		gauge("remit_journal_unverified_events", behind(of, verified))
	}
	recorded := c.state.Recorded()
	gauge("remit_events_recorded", float64(recorded))
	gauge("remit_events_shown", float64(shown))
	gauge("remit_projection_lag_events", behind(recorded, shown))
	if c.state.Archived != nil {
		gauge("remit_archive_lag_events", behind(recorded, archived))
	}
	if c.state.Fed != nil {
		gauge("remit_feed_lag_events", behind(recorded, fed))
	}
	waiting, limit := c.state.Waiting()
	gauge("remit_queue_commands", float64(waiting))
	gauge("remit_queue_limit_commands", float64(limit))
	gauge("remit_writable", flag(c.state.Writable()))
	gauge("remit_journal_synced", flag(c.state.Synced()))
	gauge("remit_clock_seconds", float64(c.clock().UnixMilli())/1e3)
	for severity, n := range c.found(recorded) {
		tell(findingsName, prometheus.GaugeValue, float64(n), severity)
	}
	if c.state.Awaiting != nil {
		if n, err := c.state.Awaiting(); err == nil {
			gauge("remit_awaiting_second_persons", float64(n))
		}
	}
}

// flag is 1 for true.
func flag(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// behind is how far position is behind the last event.
func behind(last, position uint64) float64 { return float64(last - min(last, position)) }

// found returns the findings by severity, looked for not long ago.
func (c *collectorOfState) found(position uint64) map[string]int {
	if c.state.Findings == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock()
	isNew := position != c.position || now.YearDay() != c.at.YearDay()
	if c.at.IsZero() || isNew && now.Sub(c.at) >= findingsFor {
		findings, err := c.state.Findings()
		if err != nil {
			return nil
		}
		c.findings, c.position, c.at = findings, position, now
	}
	return c.findings
}
