package main

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Above these a lag is worth a warning: a register that is well stays far below.
const (
	lagEvents     = 10_000
	checkpointAge = 10 * time.Minute // while there are events that it does not cover
	clockApart    = 30 * time.Second
)

// state is what a register's metrics say.
type state map[string][]sample

// value returns a metric without labels, and whether there is one.
func (s state) value(name string) (float64, bool) {
	if len(s[name]) == 0 {
		return 0, false
	}
	return s[name][0].value, true
}

// checkMetrics is what a register's metrics say about it.
func checkMetrics(metrics map[string][]sample, version string, now time.Time) []check {
	s := state(metrics)
	if _, ok := s.value("remit_events_recorded"); !ok {
		return []check{{"metrics", checkWarn, "the register's metrics say nothing about it", "it may be of another version: update it"}}
	}
	checks := []check{s.version(version), s.journal(), s.sync(), s.queue()}
	checks = append(checks, s.lag("projections", "remit_projection_lag_events", "events are recorded that answers do not show",
		"see the load of the machine; if it stays so, restart the register")...)
	checks = append(checks, s.views()...)
	checks = append(checks, s.archive()...)
	checks = append(checks, s.lag("feed", "remit_feed_lag_events", "events are not in the feed yet", "see the register's log about the feed")...)
	return append(checks, s.clock(now), s.findings(), s.seconds())
}

func (s state) version(own string) check {
	theirs := ""
	if build := s["remit_build_info"]; len(build) > 0 {
		theirs = strings.TrimSuffix(strings.TrimPrefix(build[0].labels, `version="`), `"`)
	}
	if theirs != own {
		return check{
			"version", checkWarn, fmt.Sprintf("the register is of version %s, this program of %s", theirs, own),
			"use the program of the register's version",
		}
	}
	return check{"version", checkOK, own, ""}
}

func (s state) journal() check {
	recorded, _ := s.value("remit_events_recorded")
	if writable, _ := s.value("remit_writable"); writable != 1 {
		return check{
			"journal", checkFail, fmt.Sprintf("commands cannot be recorded; %.0f events are", recorded),
			"the log says why: after a full or failed disk, put that right and restart, which verifies the journal; " +
				"where that is damaged it says how to restore it",
		}
	}
	if left, _ := s.value("remit_journal_unverified_events"); left > 0 {
		return check{
			"journal", checkOK, fmt.Sprintf("%.0f events; commands can be recorded; %.0f events from before the last start are still to be verified",
				recorded, left), "",
		}
	}
	return check{"journal", checkOK, fmt.Sprintf("%.0f events; commands can be recorded", recorded), ""}
}

func (s state) sync() check {
	if synced, ok := s.value("remit_journal_synced"); ok && synced != 1 {
		return check{
			"sync", checkWarn, "it is not known whether the NATS servers sync every write: a power cut may lose events",
			`set "jetstream { sync_interval: always }" on every server, and give --nats-monitor instead of --nats-accept-unverified-sync`,
		}
	}
	return check{"sync", checkOK, "every write is on disk before it is answered", ""}
}

func (s state) queue() check {
	waiting, _ := s.value("remit_queue_commands")
	limit, _ := s.value("remit_queue_limit_commands")
	message := fmt.Sprintf("%.0f of at most %.0f commands wait", waiting, limit)
	if waiting > limit/2 {
		return check{"queue", checkWarn, message, "commands come faster than the disk takes them: see who sends them, or use a faster disk"}
	}
	return check{"queue", checkOK, message, ""}
}

// lag is how far something is behind; nothing where there is no such thing.
func (s state) lag(name, metric, what, remedy string) []check {
	behind, ok := s.value(metric)
	switch {
	case !ok:
		return nil
	case behind > lagEvents:
		return []check{{name, checkWarn, fmt.Sprintf("%.0f %s", behind, what), remedy}}
	}
	return []check{{name, checkOK, fmt.Sprintf("%.0f events behind", behind), ""}}
}

// views is whether the views were found to be what the journal says; nothing where they were never compared.
func (s state) views() []check {
	times, _ := s.value("remit_views_rebuilds_total")
	mended, _ := s.value("remit_views_mended_total")
	switch {
	case mended > 0:
		return []check{{
			"views", checkWarn, fmt.Sprintf("they were not what the journal says in %.0f of %.0f rebuilds, and are mended", mended, times),
			"answers before that may have been wrong: the log names what differed; report it, and look at the machine's memory",
		}}
	case times > 0:
		return []check{{"views", checkOK, "rebuilt from the journal, they were what it says", ""}}
	}
	return nil
}

func (s state) archive() []check {
	behind, ok := s.value("remit_archive_lag_events")
	if !ok {
		return []check{{"archive", checkWarn, "this register keeps no archive", "without one, a lost disk is a lost register"}}
	}
	seconds, known := s.value("remit_checkpoint_age_seconds")
	age := time.Duration(seconds * float64(time.Second)).Round(time.Second)
	message := fmt.Sprintf("%.0f events behind; the newest checkpoint is %s old", behind, age)
	switch {
	case !known:
		return []check{{"archive", checkFail, "there is no checkpoint", "see the log: can the archive's folder be written?"}}
	case behind > 0 && age > checkpointAge:
		return []check{{"archive", checkFail, message, "see the log: can the archive's folder be written, and is its disk full?"}}
	case behind > lagEvents:
		return []check{{"archive", checkWarn, message, "see the load of the archive's disk"}}
	}
	return []check{{"archive", checkOK, message, ""}}
}

func (s state) clock(now time.Time) check {
	theirs, _ := s.value("remit_clock_seconds")
	apart := time.Duration(math.Abs(theirs-float64(now.UnixMilli())/1e3) * float64(time.Second)).Round(time.Second)
	if apart > clockApart {
		return check{
			"clock", checkWarn, fmt.Sprintf("the register's clock and this machine's are %s apart", apart),
			"have both machines keep time by NTP: dates of recording depend on it",
		}
	}
	return check{"clock", checkOK, fmt.Sprintf("the register's clock and this machine's agree within %s", clockApart), ""}
}

func (s state) findings() check {
	counts := map[string]float64{}
	for _, f := range s["remit_findings"] {
		counts[strings.TrimSuffix(strings.TrimPrefix(f.labels, `severity="`), `"`)] = f.value
	}
	var parts []string
	for _, severity := range []string{"high", "medium", "low"} {
		parts = append(parts, fmt.Sprintf("%.0f %s", counts[severity], severity))
	}
	message := "today's map has findings: " + strings.Join(parts, ", ")
	if counts["high"] > 0 {
		return check{"findings", checkWarn, message, "see 'remit coherence': somebody may lack a service or a power"}
	}
	return check{"findings", checkOK, message, ""}
}

func (s state) seconds() check {
	waiting, _ := s.value("remit_awaiting_second_persons")
	if waiting > 0 {
		return check{
			"second persons", checkWarn, fmt.Sprintf("%.0f commands wait for a second person", waiting),
			"see 'remit second list', and ask them",
		}
	}
	return check{"second persons", checkOK, "no command waits for a second person", ""}
}
