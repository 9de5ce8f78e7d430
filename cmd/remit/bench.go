package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/remit-register/remit/eventstore"
)

// benchOptions say how much to measure.
type benchOptions struct {
	dir        string // in which a temporary directory is made
	commanders int
	singles    int
	lasting    time.Duration // of each measurement with all commanders
	events     int           // of the large register, 0 for none
	strict     bool
}

func (a *app) bench() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure this program on this machine, against the machine's own limits",
		Long: `Measure, in one run and one process on a temporary directory: the raw limits of the machine (a sync of the disk, a
publish of the same bytes to NATS JetStream with the same settings), and beside them what the register does, as ratios,
with the target for each. Both sides of a ratio are measured in turns, after a while that does not count, and with the
heap of a register that serves. Only the ratios compare with other machines. It takes about half a minute, and with
--events 10000000 some minutes; let nothing else run meanwhile.`,
		Example: `  remit bench
  remit bench --dir /srv --for 10s --commanders 128
  remit bench --events 10000000
  remit bench -o json`,
		Args: cobra.NoArgs,
	}
	var o benchOptions
	flags := cmd.Flags()
	flags.StringVar(&o.dir, "dir", os.TempDir(), "`DIRECTORY` in which to make, and afterwards remove, the temporary one")
	flags.IntVar(&o.commanders, "commanders", 64, "how many give commands at the same time")
	flags.IntVar(&o.singles, "singles", 500, "how many single commands to measure")
	flags.DurationVar(&o.lasting, "for", 3*time.Second, "how long all commanders go on")
	flags.IntVar(&o.events, "events", 200_000, "events of a synthetic register of 100,000 remits to ask; the targets are for 10,000,000")
	flags.BoolVar(&o.strict, "strict", false, "exit with 3 when a target is missed")
	cmd.RunE = a.do(func(cmd *cobra.Command, _ []string) error {
		if o.commanders < 1 || o.singles < 1 || o.lasting <= 0 {
			return usagef("--commanders, --singles and --for must be above zero")
		}
		if err := scaleSizes(o.events); err != nil {
			return err
		}
		return a.runBench(cmd.Context(), o)
	})
	return cmd
}

func (a *app) runBench(ctx context.Context, o benchOptions) (err error) {
	dir, err := os.MkdirTemp(o.dir, "remit-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	report := &benchReport{}
	a.say("measuring in %s …", dir)
	report.add("machine", machine(), "", true)
	if load, ok := loadAverage(); ok && load > 1 {
		a.say("other programs keep this machine busy (load %.1f): the figures mean little", load)
	}
	config := func(name string) eventstore.Config {
		return eventstore.Config{Dir: filepath.Join(dir, name), Clock: a.clock, Logger: slog.New(slog.DiscardHandler)}
	}
	if err := a.benchCommands(ctx, o, report, config); err != nil {
		return err
	}
	if err := a.benchScale(ctx, o, report, dir); err != nil {
		return err
	}
	if err := a.showBench(report); err != nil {
		return err
	}
	if missed := report.missed(); o.strict && len(missed) > 0 {
		return findingsError{"targets missed: " + strings.Join(missed, ", ")}
	}
	return nil
}

// benchCommands measures commands, and what a small register costs.
func (a *app) benchCommands(
	ctx context.Context, o benchOptions, report *benchReport, config func(name string) eventstore.Config,
) error {
	defer roomyHeap(serveRoom).restore() // as a register that serves has
	figures, err := eventstore.Bench(ctx, config("store"), eventstore.Workload{
		Setup: benchSetup(), Next: benchNext, Commanders: o.commanders, Singles: o.singles, For: o.lasting,
	})
	if err != nil {
		return fmt.Errorf("measure the event store: %w", err)
	}
	report.store(figures, o)
	b := &registerBench{app: a, options: o, report: report, raw: figures}
	if err := b.empty(ctx, config("empty")); err != nil {
		return err
	}
	if err := b.archive(ctx, config("without"), config("with")); err != nil {
		return err
	}
	return b.reference(ctx, config("reference"))
}

// machine says on what was measured.
func machine() string {
	text := fmt.Sprintf("%s/%s, %d cores, %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
	cpu, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return text // not a Linux
	}
	for line := range strings.Lines(string(cpu)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return text + ", " + strings.TrimSpace(value)
		}
	}
	return text
}

// loadAverage returns how many programs wanted to run at a time during the last minute, where the system tells.
func loadAverage() (load float64, ok bool) {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0, false // not a Linux
	}
	_, err = fmt.Sscan(string(text), &load)
	return load, err == nil
}

// benchReport is what was measured.
type benchReport struct {
	rows []*structpb.Struct
}

// add adds a figure. A target is in words; met tells whether it is.
func (r *benchReport) add(what, measured, target string, met bool) {
	result := ""
	switch {
	case target == "":
	case met:
		result = "ok"
	default:
		result = "missed"
	}
	r.rows = append(r.rows, &structpb.Struct{Fields: map[string]*structpb.Value{
		"what": structpb.NewStringValue(what), "measured": structpb.NewStringValue(measured),
		"target": structpb.NewStringValue(target), "result": structpb.NewStringValue(result),
	}})
}

// took adds a time with a target.
func (r *benchReport) took(what string, took, most time.Duration) {
	r.add(what, short(took), "≤ "+most.String(), took <= most)
}

// store adds the figures of the event store.
func (r *benchReport) store(f eventstore.Figures, o benchOptions) {
	r.add("fsync of one command's bytes, p50", fmt.Sprintf("%s (%d bytes)", short(f.Fsync), f.RecordBytes), "", true)
	r.add("raw publish of the same bytes, p50", short(f.RawPublish), "", true)
	r.add("raw publish, one at a time", rate(f.RawRate), "", true)
	r.add("raw publish, pipelined", rate(f.RawPipelinedRate), "", true)
	r.add("one command, idle, in process, p50", fmt.Sprintf("%s = %.2f × raw publish", short(f.OneCommand), f.OneRatio),
		"≤ 1.5 ×", f.OneRatio <= 1.5)
	r.add(fmt.Sprintf("%d commanders, in process", o.commanders),
		fmt.Sprintf("%s = %.1f × raw, %.0f in a commit", rate(f.CommandersRate), f.RateRatio, f.CommandsInCommit),
		"≥ 12 ×", f.RateRatio >= 12)
}

// missed lists the figures that miss their targets.
func (r *benchReport) missed() []string {
	var names []string
	for _, row := range r.rows {
		if row.GetFields()["result"].GetStringValue() == "missed" {
			names = append(names, row.GetFields()["what"].GetStringValue())
		}
	}
	return names
}

func rate(perSecond float64) string { return fmt.Sprintf("%.0f a second", perSecond) }

// short is a time with three digits or so.
func short(took time.Duration) string {
	switch {
	case took >= time.Second:
		return took.Round(10 * time.Millisecond).String()
	case took >= time.Millisecond:
		return took.Round(10 * time.Microsecond).String()
	}
	return took.Round(10 * time.Nanosecond).String()
}

func (a *app) showBench(r *benchReport) error {
	rows := make([]*structpb.Value, 0, len(r.rows))
	for _, row := range r.rows {
		rows = append(rows, structpb.NewStructValue(row))
	}
	whole := &structpb.Struct{Fields: map[string]*structpb.Value{
		"figures": structpb.NewListValue(&structpb.ListValue{Values: rows}),
	}}
	field := func(name string) column[*structpb.Struct] {
		return column[*structpb.Struct]{name, func(s *structpb.Struct) string { return s.GetFields()[name].GetStringValue() }}
	}
	return list(a, whole, r.rows, []column[*structpb.Struct]{field("what"), field("measured"), field("target"), field("result")})
}
