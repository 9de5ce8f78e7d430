package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/remit-register/remit/domain"
)

// app is the program as its commands see it: where it reads and writes, and what the flags common to all of them say.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	clock          func() time.Time

	server string     // URL of the register
	actor  string     // who asks: SUBJECT@ORGANISATION[;ROLE,ROLE]
	pass   pass       // what proves it, where people sign in
	link   link       // how the connection is made sure of, over TLS
	format formatFlag // of what is shown on stdout
	quiet  bool       // nothing but the data, of a command the id of what it made
	// commandID is that of the command that was given to the register last, "" before that.
	commandID string
	// began is set once a command's own work begins: errors before that are of usage.
	began bool
}

// main runs one command line and returns the exit code.
func (a *app) main(ctx context.Context, args []string) int {
	root := a.root() //nolint:contextcheck // commands get the context from ExecuteContextC
	root.SetArgs(args)
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitOK
	}
	if !a.began {
		err = usageError{fmt.Errorf("%w\nRun '%s --help' for usage", plainUsage(cmd, err), cmd.CommandPath())}
	}
	a.complain(err)
	return exitCode(err)
}

// root returns the command tree.
func (a *app) root() *cobra.Command {
	root := group(&cobra.Command{
		Use:   "remit",
		Short: "The register of who holds which NHS function, where, on any date",
		Long: `remit keeps and answers who is accountable for a function of the NHS in England, who exercises it, who does
the work, who keeps an overview and who funds it: anywhere, on any date, as known at any time.

Start a register with "remit serve", then ask it from another window:

  remit functions                            what there is to ask about
  remit who eprr --in 06H                    who holds emergency preparedness for location 06H today
  remit who eprr --in 06H --on 2026-03-31    … and on the last day of March
  remit org S1Y5D                            an organisation: names, area, predecessors
  remit transfer --help                      moving a function, step by step
  remit help identity                        who you are to the register, and who may do what`,
		SilenceUsage:  true,
		SilenceErrors: true,
	})
	root.SetVersionTemplate("{{.Version}}\n")
	a.globalFlags(root)
	root.SetGlobalNormalizationFunc(sameFlag)
	for _, g := range groups() {
		root.AddGroup(&cobra.Group{ID: g.id, Title: g.title})
	}
	root.SetHelpCommandGroupID(groupRun)
	root.SetCompletionCommandGroupID(groupRun)
	a.addCommands(root)
	a.completeAll(root)
	return root
}

// groupRun is the group of the commands that run a register.
const groupRun = "run"

// commandGroup is a heading in the help.
type commandGroup struct{ id, title string }

// groups are the headings in the help, in order.
func groups() []commandGroup {
	return []commandGroup{
		{"ask", "Ask who holds what, and how it came to be:"},
		{"look", "Look things up; for registrars, put them into the register:"},
		{"move", "Move a function:"},
		{"record", "Record what happened, and put it right:"},
		{"programme", "Follow and steer the programme:"},
		{groupRun, "Run a register:"},
	}
}

func (a *app) addCommands(root *cobra.Command) {
	add := func(group string, commands ...*cobra.Command) {
		for _, c := range commands {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add("ask", a.who(), a.orgMap(), a.export(), a.diff(), a.changes(), a.history(), a.why(), a.replay(), a.watch(),
		a.events(), a.coherence(), a.simulate())
	add("look", a.functions(), a.org(), a.orgs(), a.footprints(), a.instruments())
	add("move", a.transfer(), a.packageGroup(), a.packages(), a.delegate(), a.delegations(), a.revoke(), a.risk())
	add("record", a.allocate(), a.occurrence(), a.reorganise(), a.correct(), a.erase(), a.second(), a.claim(), a.claims(), a.attest(), a.attestations(), a.intervene())
	add("programme", a.readiness(), a.due(), a.paper(), a.committee(), a.planReturn(), a.framework(), a.population(), a.cost(), a.envelope(), a.shift())
	add(groupRun, a.serve(), a.feed(), a.doctor(), a.rights(), a.key(), a.backup(), a.restore(), a.rebuild(), a.load(), a.importing(), a.verify(), a.bench(), a.version())
	root.AddCommand(exitCodesTopic(), identityTopic())
}

func (a *app) globalFlags(root *cobra.Command) {
	flags := root.PersistentFlags()
	flags.StringVar(&a.server, "server", a.env("REMIT_SERVER", "http://127.0.0.1:8080"),
		"`URL` of the register (also REMIT_SERVER)")
	flags.StringVar(&a.actor, "as", a.env("REMIT_AS", ""),
		"who you are: `SUBJECT@ORG[;ROLES]` such as po@S1Y5D (also REMIT_AS); see 'remit help identity'")
	a.pass.flags(flags, a)
	a.link.flags(flags, a)
	a.format = formatTable
	flags.VarP(&a.format, "output", "o", "table, json, jsonl or csv")
	completeWords(root, "output", formatWords())
	flags.BoolVarP(&a.quiet, "quiet", "q", false, "print nothing but data; of a command, only the id of what it made")
}

// env returns an environment variable, or a default where it is empty.
func (a *app) env(name, otherwise string) string {
	if value := a.getenv(name); value != "" {
		return value
	}
	return otherwise
}

// do makes a command's own work: what fails in it is no matter of usage unless it says so.
func (a *app) do(work func(cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		a.began = true
		return work(cmd, args)
	}
}

// group makes cmd one that only holds others: by itself it shows its help, and an unknown word is an error of usage.
func group(cmd *cobra.Command) *cobra.Command {
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		message := fmt.Sprintf("unknown command %q for %q", args[0], cmd.CommandPath())
		if cmd.SuggestionsMinimumDistance <= 0 {
			cmd.SuggestionsMinimumDistance = 2
		}
		if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
			message += fmt.Sprintf("; did you mean %s?", strings.Join(near, " or "))
		}
		return fmt.Errorf("%s", message)
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	return cmd
}

// say tells the user something that is not data.
func (a *app) say(format string, args ...any) {
	if !a.quiet {
		_, _ = fmt.Fprintf(a.stderr, format+"\n", args...) // there is nowhere to complain about stderr
	}
}

// colours tells whether what is written to w may be coloured: only on a terminal whose user does not mind.
func (a *app) colours(w io.Writer) bool {
	return isTerminal(w) && a.getenv("NO_COLOR") == "" && a.getenv("TERM") != "dumb"
}

// isTerminal tells whether a person reads what is written to w.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// london returns the zone of the register's dates.
func london() (*time.Location, error) {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		return nil, fmt.Errorf("load the time zone of the register's dates: %w", err)
	}
	return zone, nil
}

// today returns the civil date in Europe/London.
func (a *app) today() (domain.Date, error) {
	zone, err := london()
	if err != nil {
		return 0, err
	}
	return domain.DateOf(a.clock().In(zone)), nil
}
