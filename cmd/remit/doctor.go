package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// How a check came out.
const (
	checkOK   = "ok"
	checkWarn = "warn"
	checkFail = "fail"
)

// check is one line of the doctor's.
type check struct {
	Name    string `json:"check"`
	Status  string `json:"status"`
	Message string `json:"message"`
	// Remedy says what to do about it; empty where there is nothing to do.
	Remedy string `json:"remedy,omitempty"`
}

// The forms of what doctor prints.
const (
	doctorText       = "text"
	doctorJSON       = "json"
	doctorPrometheus = "prometheus"
)

// doctorOptions say what to look at.
type doctorOptions struct {
	form          string
	data, archive string // of a register on this machine, "" for none
}

func (a *app) doctor() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look whether a register is well, and say what to do where it is not",
		Long: `Look at the register that runs, and print a line for each thing that was looked at: ok, warn or fail, what was seen, and
the remedy. With --data, look at the files of a register on this machine instead, which may be stopped: what they hold is
for "remit verify" to say. For use on the machine of a register that runs, give --data and --running.

It ends with exit code 3 when anything fails. -o prometheus writes a metric for each check, for the textfile collector
of the node exporter. A register where people sign in shows its state to operators and auditors: see REMIT_TOKEN in
"remit help identity".`,
		Example: `  remit doctor
  remit doctor -o json
  remit doctor --data /srv/remit
  remit doctor -o prometheus > /var/lib/node_exporter/remit.prom`,
		Args: cobra.NoArgs,
	}
	var o doctorOptions
	var running bool
	flags := cmd.Flags()
	flags.StringVarP(&o.form, "output", "o", doctorText, "text, json or prometheus")
	completeWords(cmd, "output", []string{doctorText, doctorJSON, doctorPrometheus})
	flags.StringVar(&o.data, "data", "", "`DIRECTORY` of a register on this machine; left out: only ask the one that runs")
	flags.StringVar(&o.archive, "archive", "", "`FOLDER` of its archive, with --data; left out: archive in that directory")
	flags.BoolVar(&running, "running", false, "with --data: ask the register that runs too")
	cmd.RunE = a.do(func(cmd *cobra.Command, _ []string) error {
		switch {
		case o.form != doctorText && o.form != doctorJSON && o.form != doctorPrometheus:
			return usagef("-o %q is not known here: text, json or prometheus", o.form)
		case o.data == "" && (o.archive != "" || running):
			return usagef("--archive and --running go with --data")
		}
		var checks []check
		if o.data == "" || running {
			asked, err := a.askRegister(cmd.Context())
			if err != nil {
				return err
			}
			checks = asked
		}
		if o.data != "" {
			checks = append(checks, checkFiles(o, running, a.clock())...)
		}
		return a.showChecks(o.form, checks)
	})
	return cmd
}

// showChecks prints the checks, and returns an error if one failed.
func (a *app) showChecks(form string, checks []check) error {
	failed := 0
	for _, c := range checks {
		if c.Status == checkFail {
			failed++
		}
	}
	var err error
	switch form {
	case doctorJSON:
		encoder := json.NewEncoder(a.stdout)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(struct {
			Checks []check `json:"checks"`
			Failed int     `json:"failed"`
		}{checks, failed})
	case doctorPrometheus:
		err = writeCheckMetrics(a.stdout, checks)
	default:
		err = writeChecks(a.stdout, checks)
	}
	if err != nil {
		return fmt.Errorf("print the checks: %w", err)
	}
	if failed > 0 {
		return findingsError{fmt.Sprintf("%d of %d checks failed", failed, len(checks))}
	}
	return nil
}

func writeChecks(w io.Writer, checks []check) error {
	for _, c := range checks {
		if _, err := fmt.Fprintf(w, "%-4s  %-14s  %s\n", c.Status, c.Name, c.Message); err != nil {
			return err
		}
		if c.Remedy != "" {
			if _, err := fmt.Fprintf(w, "      %-14s  → %s\n", "", c.Remedy); err != nil {
				return err
			}
		}
	}
	return nil
}

func writeCheckMetrics(w io.Writer, checks []check) error {
	const head = "# HELP remit_doctor_check What a check of the doctor's came to: 0 ok, 1 warn, 2 fail.\n# TYPE remit_doctor_check gauge\n"
	if _, err := io.WriteString(w, head); err != nil {
		return err
	}
	for _, c := range checks {
		value := map[string]int{checkOK: 0, checkWarn: 1, checkFail: 2}[c.Status]
		if _, err := fmt.Fprintf(w, "remit_doctor_check{check=%q} %d\n", c.Name, value); err != nil {
			return err
		}
	}
	return nil
}

// askRegister looks at the register that runs.
func (a *app) askRegister(ctx context.Context) ([]check, error) {
	c, err := a.client()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	status, body, err := c.get(ctx, "/readyz", a.actor)
	if err != nil {
		return []check{{
			"server", checkFail, fmt.Sprintf("%s cannot be reached: %v", a.server, cause(err)),
			"start it with 'remit serve', or name another with --server",
		}}, nil
	}
	checks := []check{{"server", checkOK, a.server + " answers", ""}}
	checks = append(checks, checkReadiness(status, body)...)
	status, body, err = c.get(ctx, "/metrics", a.actor)
	if err != nil || status != http.StatusOK {
		return append(checks, check{
			"metrics", checkWarn, fmt.Sprintf("the register does not show its state (%d)", status),
			"ask as an operator or an auditor: REMIT_TOKEN, see 'remit help identity'",
		}), nil
	}
	return append(checks, checkMetrics(parseMetrics(body), versionText(), a.clock())...), nil
}

// get asks for something that is no call.
func (c *client) get(ctx context.Context, path, actor string) (status int, body []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url+path, nil)
	if err != nil {
		return 0, nil, err
	}
	if actor != "" {
		request.Header.Set(actorHeader, actor)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	body, err = io.ReadAll(io.LimitReader(response.Body, 16<<20))
	return response.StatusCode, body, err
}

// How /readyz begins to say that the journal is damaged, and that it is being verified.
const (
	saidDamaged   = "the journal is damaged"
	saidVerifying = "the journal is being verified"
)

// checkReadiness is what /readyz says.
func checkReadiness(status int, body []byte) []check {
	var said struct {
		Ready    bool     `json:"ready"`
		Reasons  []string `json:"reasons"`
		Warnings []string `json:"warnings"`
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return []check{{
			"ready", checkFail, fmt.Sprintf("/readyz answers %d with something else than a register would", status),
			"is it a register that --server names?",
		}}
	}
	var checks []check
	for _, reason := range said.Reasons {
		remedy := "see the register's log; it gets ready by itself if nothing is broken"
		if strings.HasPrefix(reason, saidDamaged) {
			remedy = "copy the data directory aside and restart: then the journal is verified from its first record, and it is said how to restore it"
		}
		checks = append(checks, check{"ready", checkFail, reason, remedy})
	}
	if len(checks) == 0 {
		checks = append(checks, check{"ready", checkOK, "questions are answered and commands taken", ""})
	}
	for _, warning := range said.Warnings {
		remedy := "see the register's log"
		if strings.HasPrefix(warning, saidVerifying) {
			remedy = "nothing: it comes to its end by itself"
		}
		checks = append(checks, check{"warning", checkWarn, warning, remedy})
	}
	return checks
}

// sample is one line of the metrics: a name with its labels.
type sample struct {
	labels string
	value  float64
}

// parseMetrics reads the text form of Prometheus' metrics as far as the doctor needs it.
func parseMetrics(body []byte) map[string][]sample {
	all := map[string][]sample{}
	for line := range strings.Lines(string(body)) {
		line = strings.TrimSpace(line)
		cut := strings.LastIndexByte(line, ' ')
		if cut < 0 || line[0] == '#' {
			continue
		}
		var s sample
		if _, err := fmt.Sscan(line[cut+1:], &s.value); err != nil {
			continue
		}
		name, labels, _ := strings.Cut(line[:cut], "{")
		s.labels = strings.TrimSuffix(labels, "}")
		all[name] = append(all[name], s)
	}
	return all
}
