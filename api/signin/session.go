package signin

import (
	"crypto/rand"
	"sync"
	"time"

	"github.com/remit-register/remit/domain"
)

// session is somebody signed in in a browser.
type session struct {
	person person
	chosen domain.OrganisationCode
	began  time.Time
	used   time.Time
}

// attempt is a sign-in that was begun in a browser and has not come back from the sign-in service.
type attempt struct {
	verifier string // PKCE
	nonce    string
	to       string // path to go to afterwards
	began    time.Time
}

// sessions are kept in memory: a restart signs everybody out, and a stolen data directory has none. Methods may be
// called concurrently.
type sessions struct {
	clock         func() time.Time
	idle, longest time.Duration

	mu       *sync.Mutex
	active   map[string]session // guarded by mu: by secret of the cookie
	attempts map[string]attempt // guarded by mu: by state
}

const (
	// How long a sign-in may take at the sign-in service.
	attemptTime = 10 * time.Minute
	// How many sessions and attempts there may be. Who begins more ends the oldest.
	maxSessions = 10_000
)

func newSessions(cfg Config) sessions {
	return sessions{
		clock: cfg.Clock, idle: cfg.Idle, longest: cfg.Longest,
		mu: new(sync.Mutex), active: map[string]session{}, attempts: map[string]attempt{},
	}
}

// begin remembers an attempt, and returns its state.
func (s *sessions) begin(a attempt) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	a.began = s.clock()
	forgetOldest(s.attempts, func(a attempt) time.Time { return a.began })
	state := rand.Text()
	s.attempts[state] = a
	return state
}

// finish returns the attempt with a state, once.
func (s *sessions) finish(state string) (attempt, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.attempts[state]
	delete(s.attempts, state)
	return a, ok && s.clock().Sub(a.began) < attemptTime
}

// open begins a session, and returns the secret that is its cookie.
func (s *sessions) open(p person) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock()
	forgetOldest(s.active, func(a session) time.Time { return a.used })
	secret := rand.Text()
	s.active[secret] = session{person: p, chosen: p.places[0].Organisation, began: now, used: now}
	return secret
}

// use returns a session that has not ended, and notes its use.
func (s *sessions) use(secret string) (session, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.active[secret]
	now := s.clock()
	if !ok || now.Sub(a.used) >= s.idle || now.Sub(a.began) >= s.longest {
		delete(s.active, secret)
		return session{}, false
	}
	a.used = now
	s.active[secret] = a
	return a, true
}

// choose sets the body that somebody acts for.
func (s *sessions) choose(secret string, code domain.OrganisationCode) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.active[secret]
	if !ok {
		return unproved("the session has ended")
	}
	if _, err := a.person.at(code); err != nil {
		return err
	}
	a.chosen = code
	s.active[secret] = a
	return nil
}

// end ends a session.
func (s *sessions) end(secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.active, secret)
}

// forgetOldest makes room for one more.
func forgetOldest[T any](all map[string]T, at func(T) time.Time) {
	if len(all) < maxSessions {
		return
	}
	var oldest string
	for key, one := range all {
		if oldest == "" || at(one).Before(at(all[oldest])) {
			oldest = key
		}
	}
	delete(all, oldest)
}
