package console

import (
	"crypto/rand"
	"sync"
	"time"

	"github.com/remit-register/remit/api/mapfile"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// uploads are the function maps that were checked and are not recorded yet, or were a short time ago. They are kept in
// memory, few and not for long: what is not confirmed in time is uploaded again.
type uploads struct {
	mu   sync.Mutex
	kept map[string]*upload // guarded by mu
	// reading has room for as many files as are read at a time: unpacked, each may take much memory.
	reading chan struct{}
}

// upload is a map that was read, as the command that records it.
type upload struct {
	id string
	// owner is who uploaded it, at which body: nobody else sees or confirms it.
	owner   string
	expires time.Time
	file    string
	mapfile.Import

	remarks []string
	checked *remitv1.ImportMapResponse
	// recorded is what became of it, nil until it is confirmed.
	recorded *remitv1.ImportMapResponse
}

const (
	// keepUploads is how long an upload is kept, maxUploads how many are, and maxOwn how many of one person.
	keepUploads = 30 * time.Minute
	maxUploads  = 40
	maxOwn      = 4
	// readAtOnce is how many files are read at a time.
	readAtOnce = 2
)

func newUploads() *uploads {
	return &uploads{kept: map[string]*upload{}, reading: make(chan struct{}, readAtOnce)}
}

func (a Actor) person() string { return a.Subject + "@" + string(a.Organisation) }

// keep keeps an upload for its owner, and forgets what is too old or too much.
func (u *uploads) keep(owner Actor, now time.Time, up *upload) {
	up.id, up.owner, up.expires = rand.Text(), owner.person(), now.Add(keepUploads)
	u.mu.Lock()
	defer u.mu.Unlock()
	for id, other := range u.kept {
		if now.After(other.expires) {
			delete(u.kept, id)
		}
	}
	u.thin(maxOwn, func(other *upload) bool { return other.owner == up.owner })
	u.thin(maxUploads, func(*upload) bool { return true })
	u.kept[up.id] = up
}

// thin forgets the oldest of some uploads where there are as many as there may be. Its caller holds mu.
func (u *uploads) thin(most int, among func(*upload) bool) {
	count := 0
	var oldest *upload
	for _, other := range u.kept {
		if !among(other) {
			continue
		}
		count++
		if oldest == nil || other.expires.Before(oldest.expires) {
			oldest = other
		}
	}
	if count >= most {
		delete(u.kept, oldest.id)
	}
}

// get returns what somebody uploaded.
func (u *uploads) get(owner Actor, now time.Time, id string) (upload, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	up, ok := u.kept[id]
	if !ok || up.owner != owner.person() || owner.Subject == "" || now.After(up.expires) {
		return upload{}, false
	}
	return *up, true
}

// done remembers what became of an upload.
func (u *uploads) done(id string, answer *remitv1.ImportMapResponse) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if up, ok := u.kept[id]; ok {
		up.recorded = answer
	}
}
