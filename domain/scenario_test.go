package domain

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the answers in testdata/*.txt")

// TestScenarios runs the scenario files of testdata. See testdata/README.md for how they are written; -update rewrites
// their answers.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios found: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			if _, err := playFile(file, *update); err != nil {
				t.Error(err)
			}
		})
	}
}

// scenario is a scenario on its way: the register, the positions that were remembered, and what was seen.
type scenario struct {
	*register
	steps    int
	known    map[string]EventNo
	accepted map[string]bool
	refused  map[Reason]bool
}

func newScenario() *scenario {
	return &scenario{
		register: newRegister(0), known: map[string]EventNo{}, accepted: map[string]bool{}, refused: make(map[Reason]bool),
	}
}

// playFile plays a scenario and compares its answers with those in the file, or writes them there. The register must
// be the same when it is replayed from nothing.
func playFile(file string, rewrite bool) (*scenario, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	s := newScenario()
	played, mismatches, err := s.play(file, string(data))
	if err != nil {
		return s, err
	}
	if rewrite {
		return s, os.WriteFile(file, []byte(played), 0o644)
	}
	if len(mismatches) > 0 {
		return s, fmt.Errorf("%s\n(go test ./domain -update rewrites the answers)", strings.Join(mismatches, "\n"))
	}
	replayed, err := s.replayed()
	if err != nil {
		return s, err
	}
	if fingerprint(replayed) != fingerprint(s.state) {
		return s, fmt.Errorf("%s: a replay gives another register", file)
	}
	return s, nil
}

// step is one step of a scenario: its line, what stands below it, and the answers that the file expects.
type step struct {
	no      int
	line    string
	below   []string
	answers []string
}

// play runs all steps. It returns the file as it would be with the actual answers, and where they differ.
func (s *scenario) play(file, content string) (string, []string, error) {
	var out strings.Builder
	var mismatches []string
	lines := strings.Split(strings.TrimSuffix(content, "\n"), "\n")
	for i := 0; i < len(lines); {
		if isRemark(lines[i]) {
			out.WriteString(lines[i] + "\n")
			i++
			continue
		}
		next, st := i+1, step{no: i + 1, line: lines[i]}
		for ; next < len(lines) && strings.HasPrefix(lines[next], " "); next++ {
			below := strings.TrimSpace(lines[next])
			if answer, ok := strings.CutPrefix(below, "> "); ok {
				st.answers = append(st.answers, answer)
			} else if line, ok := strings.CutPrefix(below, "- "); ok && len(st.answers) == 0 {
				st.below = append(st.below, line)
			} else {
				return "", nil, fmt.Errorf("%s:%d: a line below a step begins with - or, after those, with >", file, next+1)
			}
		}
		i = next
		answers, err := s.take(st)
		if err != nil {
			return "", nil, fmt.Errorf("%s:%d: %s: %w", file, st.no, st.line, err)
		}
		if !slices.Equal(answers, st.answers) {
			mismatches = append(mismatches, fmt.Sprintf("%s:%d: %s\n  the file says:\n    %s\n  the register says:\n    %s",
				file, st.no, st.line, strings.Join(st.answers, "\n    "), strings.Join(answers, "\n    ")))
		}
		out.WriteString(st.line + "\n")
		for _, line := range st.below {
			out.WriteString("  - " + line + "\n")
		}
		for _, line := range answers {
			out.WriteString("  > " + line + "\n")
		}
	}
	return out.String(), mismatches, nil
}

func isRemark(line string) bool { return strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") }

// take takes one step and returns its answers.
func (s *scenario) take(st step) ([]string, error) {
	s.steps++
	label := ""
	line := st.line
	if before, after, ok := strings.Cut(line, " => "); ok {
		line, label = before, strings.TrimSpace(after)
	}
	words, err := fields(line)
	if err != nil || len(words) < 2 {
		return nil, fmt.Errorf("not a step: %w", err)
	}
	switch words[0] {
	case "use":
		return nil, s.use(words[1])
	case "today":
		s.today, err = ParseDate(words[1])
		return nil, err
	case "remember":
		s.known[words[1]] = s.state.Last()
		return nil, nil
	case "given":
		return nil, s.given(st, words[1:], label)
	case "as":
		return s.command(st, words[1:], label)
	case "who":
		return s.who(words)
	case "show":
		return s.show(words[1])
	}
	return nil, fmt.Errorf("there is no step %q", words[0])
}

// use plays the steps of a world that several scenarios begin with.
func (s *scenario) use(world string) error {
	file := filepath.Join("testdata", world+".world")
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	_, _, err = s.play(file, string(data))
	return err
}

// given records what the reference register would bring: the command must be accepted.
func (s *scenario) given(st step, words []string, label string) error {
	events, refusal, err := s.say(st, system(), words, label)
	if err == nil && refusal != nil {
		err = refusal
	}
	if err == nil && len(events) == 0 {
		err = errNothing
	}
	return err
}

// command says what becomes of a command that somebody gives: SUBJECT@BODY with all roles there, or with those after a
// semicolon.
func (s *scenario) command(st step, words []string, label string) ([]string, error) {
	who, roles, restricted := strings.Cut(words[0], ";")
	subject, body, _ := strings.Cut(who, "@")
	caller := person(subject, OrganisationCode(body))
	if restricted {
		caller.Roles = splitOf[ActorRole](roles)
	}
	events, refusal, err := s.say(st, caller, words[1:], label)
	if waits(events) && words[1] != "unseconded" {
		events, refusal, err = s.secondRightAway(caller, events[0].TransactionID, label)
	}
	return outcome(events, refusal), err
}

// waits tells whether a command waits for a second person.
func waits(events []Event) bool {
	if len(events) == 0 {
		return false
	}
	_, ok := events[len(events)-1].Fact.(SecondAwaited)
	return ok
}

// secondRightAway has another person of the first one's body second a command, so that a story need not say it each
// time. It returns what came of it.
func (s *scenario) secondRightAway(first Caller, awaiting, label string) ([]Event, *Refusal, error) {
	id := label
	if id == "" {
		id = awaiting + "-seconded"
	}
	second := person("registrar2", first.Organisation)
	events, refusal, err := s.giveChecked(order{caller: second, id: id, command: Second{AwaitingID: awaiting}})
	if len(events) > 0 {
		events = events[1:]
	}
	return events, refusal, err
}

func (s *scenario) say(st step, caller Caller, words []string, label string) ([]Event, *Refusal, error) {
	unseconded := words[0] == "unseconded"
	if unseconded {
		words = words[1:]
	}
	words, err := s.eventsNamed(words)
	if err != nil {
		return nil, nil, err
	}
	p, err := parsePhrase(words, st.below, s.today)
	if err != nil {
		return nil, nil, err
	}
	o := order{caller: caller, id: label, reason: p.value("because")}
	if caller.Subject == SystemSubject {
		o.reason = "reference register"
	}
	if p.has("revision") {
		if o.revision, err = strconv.ParseUint(p.value("revision"), 10, 64); err != nil {
			return nil, nil, err
		}
	}
	if o.command, err = p.command(); err != nil {
		return nil, nil, err
	}
	if label == "" || needsSecond(o.command) && !unseconded && caller.Subject != SystemSubject {
		o.id = "step-" + strconv.Itoa(s.steps)
	}
	return s.giveChecked(o)
}

// eventsNamed puts the number of an event in the place of @LABEL: the first event of that step but for the second
// person's word.
func (s *scenario) eventsNamed(words []string) ([]string, error) {
	words = slices.Clone(words)
	for i, word := range words {
		label, ok := strings.CutPrefix(word, "@")
		if !ok {
			continue
		}
		at := slices.IndexFunc(s.events, func(e Event) bool {
			_, given := e.Fact.(SecondGiven)
			return e.TransactionID == label && !given
		})
		if at < 0 {
			return nil, fmt.Errorf("no step is called %q", label)
		}
		words[i] = strconv.FormatUint(uint64(s.events[at].No), 10)
	}
	return words, nil
}

// giveChecked gives a command and sees to it that a decision changes nothing, and a refusal leaves no trace.
func (s *scenario) giveChecked(o order) ([]Event, *Refusal, error) {
	before := fingerprint(s.state)
	_, err := s.decide(o)
	if fingerprint(s.state) != before {
		return nil, nil, fmt.Errorf("deciding %s changed the register", o.command.Method())
	}
	if refusal, ok := AsRefusal(err); ok {
		for _, reason := range refusal.Reasons() {
			s.refused[reason] = true
		}
		return nil, refusal, nil
	}
	if err != nil {
		return nil, nil, err
	}
	s.accepted[o.command.Method()] = true
	events, err := s.give(o)
	return events, nil, err
}

// who FUNCTION in CODE on DATE [known LABEL]: who holds it there, as known at a remembered position.
func (s *scenario) who(words []string) ([]string, error) {
	words = slices.Clone(words)
	known := Latest
	if i := slices.Index(words, "known"); i > 0 && i+1 < len(words) {
		no, ok := s.known[words[i+1]]
		if !ok {
			return nil, fmt.Errorf("nothing is remembered as %q", words[i+1])
		}
		known, words = no, slices.Delete(words, i, i+2)
	}
	p, err := parsePhrase(words, nil, s.today)
	if err != nil {
		return nil, err
	}
	function, part, _ := strings.Cut(p.object(0), "/")
	in, on := FootprintCode(p.value("in")), p.effective()
	if err := p.finish(); err != nil {
		return nil, err
	}
	return holders(s.state, Subject{FunctionCode(function), PartCode(part)}, in, AsOf{On: on, Known: known})
}

// show ID: where a transfer or a delegation stands.
func (s *scenario) show(id string) ([]string, error) {
	if id == "waiting" {
		return s.waiting(), nil
	}
	transfer, isTransfer := s.state.Transfers.Get(TransferID(id), Latest)
	delegation, isDelegation := s.state.Delegations.Get(ArrangementID(id), Latest)
	var lines []string
	if isTransfer {
		lines = standing(transfer)
	}
	if isDelegation {
		lines = append(lines, arrangement(delegation)...)
	}
	lines = append(lines, s.others(id)...)
	if len(lines) == 0 {
		return nil, fmt.Errorf("there is nothing with the id %q", id)
	}
	return lines, nil
}
