package domain

import "pgregory.net/rapid"

// RandomHistory draws what a small register records when random people give it random commands of every kind, and the
// register itself. Corrections, late facts and reorganisations are among them.
func RandomHistory(t *rapid.T) (*State, []Event) {
	m := newMachine(t)
	m.unwatched = true
	m.run(t, 10)
	return m.state, m.events
}

// run gives random commands, some for each time.
func (m *machine) run(t *rapid.T, times int) {
	for range times {
		t.Repeat(map[string]func(*rapid.T){"": func(*rapid.T) {}, "step": m.step})
	}
}

// PlayScenario plays a scenario file and returns what it records, with the positions that it remembers.
func PlayScenario(file string) ([]Event, map[string]EventNo, error) {
	s, err := playFile(file, false)
	if err != nil {
		return nil, nil, err
	}
	return s.events, s.known, nil
}
