package observe

import (
	"net/http"
	"regexp"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/remit-register/remit/eventstore"
)

// Metrics are those of one register. Its methods may be called concurrently.
type Metrics struct {
	registry *prometheus.Registry
	clock    func() time.Time

	commands, questions                      *prometheus.CounterVec
	commandSeconds, questionSeconds          prometheus.Histogram
	commitEvents, commitBytes, commitSeconds prometheus.Histogram
	refused                                  *prometheus.CounterVec
	watchers                                 *prometheus.GaugeVec
}

// NewMetrics returns the metrics of a register, which are 0 until something happens. Use Watch to say where the state is
// read. clock measures how long things take.
func NewMetrics(clock func() time.Time, version string) *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	histogram := func(name, help string, buckets []float64) prometheus.Histogram {
		return prometheus.NewHistogram(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets})
	}
	seconds := []float64{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}
	m := &Metrics{
		registry: prometheus.NewRegistry(), clock: clock,
		commands:        counter("remit_commands_total", "Commands answered, by method and outcome.", "method", "outcome"),
		questions:       counter("remit_questions_total", "Questions answered, by method and outcome.", "method", "outcome"),
		commandSeconds:  histogram("remit_command_duration_seconds", "Time to answer a command, in seconds.", seconds),
		questionSeconds: histogram("remit_question_duration_seconds", "Time to answer a question, in seconds.", seconds),
		commitEvents:    histogram("remit_commit_events", "Events in a commit.", prometheus.ExponentialBuckets(1, 4, 8)),
		commitBytes:     histogram("remit_commit_bytes", "Size of a commit's events, in bytes.", prometheus.ExponentialBuckets(256, 4, 8)),
		commitSeconds:   histogram("remit_commit_duration_seconds", "Time to write a commit to disk, in seconds.", seconds),
		refused:         counter("remit_refused_attempts_total", "Attempts refused because of who made them, by right and reason.", "right", "reason"),
		watchers: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "remit_watchers", Help: "Answers that are being streamed at present, by method.",
		}, []string{"method"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "remit_build_info", Help: "1, with the version of the program.", ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	m.registry.MustRegister(
		m.commands, m.questions, m.commandSeconds, m.questionSeconds, m.commitEvents, m.commitBytes, m.commitSeconds,
		m.refused, m.watchers, build, liveHeap(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// liveHeap collects Go's own metrics, with the memory that was in use at the last collection among them: unlike the size of
// the heap, that shows whether something is kept for ever.
func liveHeap() prometheus.Collector {
	return collectors.NewGoCollector(collectors.WithGoCollectorRuntimeMetrics(
		collectors.GoRuntimeMetricsRule{Matcher: regexp.MustCompile(`^/gc/heap/live:bytes$`)},
	))
}

// Handler serves the metrics in the forms that Prometheus reads.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{EnableOpenMetrics: true})
}

// Committed counts a commit: it is meant for eventstore.Config.Observe.
func (m *Metrics) Committed(c eventstore.Committed) {
	m.commitEvents.Observe(float64(c.Events))
	m.commitBytes.Observe(float64(c.Bytes))
	m.commitSeconds.Observe(c.Took.Seconds())
}

// RefusedAttempt counts an attempt that was refused because of who made it. right is a row of the table of rights or
// "other", reason is from the closed list of reasons: callers cannot make up either.
func (m *Metrics) RefusedAttempt(right, reason string) {
	m.refused.WithLabelValues(right, reason).Inc()
}
