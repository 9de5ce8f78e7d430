package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

func (a *app) simulate() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "simulate FILE",
		Short: "What commands would do: refusals, the resulting map, findings opened and closed; nothing is recorded",
		Long: `Try commands one after the other, each on top of those before, on a copy of the register. Nothing is recorded.

FILE has one command a line, as for "remit load FILE" ("-" is standard input); "as" tries one in another's name, and the
transaction of the command on line n has the ULID that is n:

  {"method": "TransferService/ProposeTransfer", "as": "po@S1Y5D", "request": {"function": "eprr", …}}
  {"method": "TransferService/AssessReadiness", "as": "assessor@Y61", "request": {"transferId": "00000000000000000000000001", …}}

Without "as" and --as, rights and second persons are not looked at. --on is the day on which they are tried, and --known-at
or --known-position take the register as it was known then. The exit code is 3 when a command would be refused, or
would open a finding that is as grave as --fail-on says.`,
		Example: `  remit simulate merger.jsonl --on 2027-04-01
  remit simulate proposal.jsonl --until 2027-04-01 -o json`,
		Args: cobra.ExactArgs(1),
	}
	asOf := a.asOf(cmd)
	until := a.dateVar(cmd, "until", "compare findings up to this date; left out: the last from which the commands change anything")
	fail := failVar(cmd)
	cmd.RunE = a.do(func(cmd *cobra.Command, args []string) error {
		at, err := asOf.value()
		if err != nil {
			return err
		}
		request := &remitv1.SimulateRequest{AsOf: at, Until: until.text}
		if request.Commands, err = a.readCommands(args[0]); err != nil {
			return err
		}
		c, err := a.client()
		if err != nil {
			return err
		}
		answer, err := c.maps().Simulate(cmd.Context(), request)
		if err != nil {
			return err
		}
		return a.showSimulation(answer, fail())
	})
	return cmd
}

// readCommands reads the commands of a file, one a line.
func (a *app) readCommands(path string) ([]*remitv1.SimulatedCommand, error) {
	data, err := a.readFile(path)
	if err != nil {
		return nil, err
	}
	var commands []*remitv1.SimulatedCommand
	for i, line := range bytes.Split(data, []byte("\n")) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		c, err := simulated(line)
		if err != nil {
			return nil, usagef("%s, line %d: %w", path, i+1, err)
		}
		commands = append(commands, c)
	}
	if len(commands) == 0 {
		return nil, usagef("%s has no command", path)
	}
	return commands, nil
}

// simulated reads one command.
func simulated(line []byte) (*remitv1.SimulatedCommand, error) {
	var given struct {
		fileCommand

		As string `json:"as"`
	}
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&given); err != nil {
		return nil, fmt.Errorf("not an object with method, request and as: %w", err)
	}
	procedure := procedureOf(given.Method)
	if err := checkProcedure(procedure); err != nil {
		return nil, err
	}
	name := []rune(procedure[strings.LastIndexByte(procedure, '/')+1:])
	name[0] = unicode.ToLower(name[0])
	if (*remitv1.SimulatedCommand)(nil).ProtoReflect().Descriptor().Fields().ByJSONName(string(name)) == nil {
		return nil, fmt.Errorf("%s cannot be tried", procedure)
	}
	if len(given.Request) == 0 {
		return nil, fmt.Errorf("the request of %s is missing", procedure)
	}
	data, err := json.Marshal(map[string]any{"as": given.As, string(name): given.Request})
	if err != nil {
		return nil, fmt.Errorf("read the command: %w", err)
	}
	c := &remitv1.SimulatedCommand{}
	if err := protojson.Unmarshal(data, c); err != nil {
		return nil, fmt.Errorf("the request of %s: %s", procedure, placeInJSON.ReplaceAllString(err.Error(), ""))
	}
	return c, nil
}

// placeInJSON is what stands before a complaint about JSON: a place in text that nobody has seen.
var placeInJSON = regexp.MustCompile(`^proto:[ \x{a0}]*(syntax error )?(\(line \d+:\d+\): )?`)

func (a *app) showSimulation(answer *remitv1.SimulateResponse, fail remitv1.Severity) error {
	a.sayAsOf(answer.GetAsOf())
	if err := a.printSimulation(answer); err != nil {
		return err
	}
	refused := 0
	for _, o := range answer.GetOutcomes() {
		if !o.GetAccepted() {
			refused++
		}
	}
	grave := countGrave(answer.GetFindingsOpened(), fail)
	a.say("Nothing is recorded. %s would be refused, %s opened and %s closed up to %s.", plural(refused, "command"),
		plural(len(answer.GetFindingsOpened()), "finding"), plural(len(answer.GetFindingsClosed()), "finding"), answer.GetUntil())
	switch {
	case refused > 0:
		return findingsError{plural(refused, "command") + " would be refused"}
	case grave > 0:
		return findingsError{fmt.Sprintf("%s at least %s would be opened", plural(grave, "finding"), word(fail))}
	}
	return nil
}

func (a *app) printSimulation(answer *remitv1.SimulateResponse) error {
	if a.format != formatTable {
		return list(a, answer, answer.GetChanges(), simulatedColumns())
	}
	if err := printTable(a, a.stdout, answer.GetOutcomes(), outcomeColumns(answer)); err != nil {
		return err
	}
	if err := a.section("\nThe map:", len(answer.GetChanges())); err != nil {
		return err
	}
	if err := printTable(a, a.stdout, answer.GetChanges(), simulatedColumns()); err != nil {
		return err
	}
	if n := answer.GetChangesOmitted(); n > 0 {
		a.say("%s more: use fewer commands.", plural(int(n), "change"))
	}
	if err := a.printFindings("\nFindings opened:", answer.GetFindingsOpened()); err != nil {
		return err
	}
	return a.printFindings("\nFindings closed:", answer.GetFindingsClosed())
}

// printFindings writes a table of findings under a title; none: nothing.
func (a *app) printFindings(title string, findings []*remitv1.Finding) error {
	if len(findings) == 0 {
		return nil
	}
	if err := a.section(title, len(findings)); err != nil {
		return err
	}
	return printTable(a, a.stdout, findings, findingColumns())
}

// section writes a title over a table.
func (a *app) section(title string, lines int) error {
	if lines == 0 {
		title += " no change"
	}
	if _, err := fmt.Fprintln(a.stdout, title); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

func outcomeColumns(answer *remitv1.SimulateResponse) []column[*remitv1.SimulatedOutcome] {
	numbers := map[*remitv1.SimulatedOutcome]int{}
	for i, o := range answer.GetOutcomes() {
		numbers[o] = i + 1
	}
	return []column[*remitv1.SimulatedOutcome]{
		{"command", func(o *remitv1.SimulatedOutcome) string { return fmt.Sprint(numbers[o]) }},
		{"outcome", outcomeText},
		{"records", func(o *remitv1.SimulatedOutcome) string {
			var types []string
			for _, e := range o.GetReceipt().GetEvents() {
				types = append(types, e.GetType())
			}
			return summaryOf(types, 3, "events")
		}},
		{"why", func(o *remitv1.SimulatedOutcome) string {
			var why []string
			for _, v := range o.GetViolations() {
				why = append(why, v.GetReason()+": "+v.GetMessage()+" "+v.GetRemedy())
			}
			return strings.Join(why, " ")
		}},
	}
}

func outcomeText(o *remitv1.SimulatedOutcome) string {
	switch {
	case !o.GetAccepted():
		return "refused"
	case o.GetAwaitingSecond():
		return "accepted, by a second person"
	}
	return "accepted"
}

func simulatedColumns() []column[*remitv1.SimulatedChange] {
	was, is := changed((*remitv1.SimulatedChange).GetBefore, (*remitv1.SimulatedChange).GetAfter)
	return []column[*remitv1.SimulatedChange]{
		{"from", (*remitv1.SimulatedChange).GetEffectiveOn},
		{"function", func(c *remitv1.SimulatedChange) string { return subjectText(c.GetFunction(), c.GetPart()) }},
		{"footprint", (*remitv1.SimulatedChange).GetFootprint},
		{"role", func(c *remitv1.SimulatedChange) string { return word(c.GetRole()) }},
		{"before", was},
		{"after", is},
		{"planned", func(c *remitv1.SimulatedChange) string { return yes(c.GetPlanned()) }},
	}
}
