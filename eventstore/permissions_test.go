package eventstore_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/eventstore/eventstoretest"
)

// TestPermissions keeps a register on a server with the accounts of deploy/nats.conf: all that a register does works, and
// nobody with its password can change, empty or delete its journal or its vault.
func TestPermissions(t *testing.T) {
	t.Setenv("REMIT_NATS_PASSWORD", "secret-of-remit")
	t.Setenv("REMIT_NATS_OPERATOR_PASSWORD", "secret-of-operator")
	documented, err := server.ProcessConfigFile(filepath.Join("..", "deploy", "nats.conf"))
	if err != nil {
		t.Fatal(err)
	}
	if !documented.SyncAlways || documented.MaxPayload < 4<<20+64<<10 {
		t.Errorf("it does not sync every write, or its payload of %d is too small", documented.MaxPayload)
	}
	external := eventstoretest.StartServer(t, func(o *server.Options) { o.Accounts, o.Users = documented.Accounts, documented.Users })
	login := nats.UserInfo("remit", "secret-of-remit")
	h := eventstoretest.New(t, external.Use(), func(c *eventstore.Config) { c.Connect = []nats.Option{login} })
	first := h.MustSubmit(t, eventstoretest.WithReason(t, eventstoretest.Request(eventstoretest.Body("A1")), "Dr Jane Smith"))
	nc, err := nats.Connect(external.ClientURL(), login, nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	for _, name := range []string{"REMIT_JOURNAL", "REMIT_VAULT"} {
		for _, request := range []string{"STREAM.DELETE", "STREAM.UPDATE", "STREAM.PURGE", "STREAM.RESTORE", "STREAM.SNAPSHOT"} {
			refuses(t, nc, "$JS.API."+request+"."+name)
		}
	}
	refuses(t, nc, "$JS.API.STREAM.MSG.DELETE.REMIT_JOURNAL")
	operator, err := nats.Connect(external.ClientURL(), nats.UserInfo("operator", "secret-of-operator"))
	if err != nil {
		t.Fatal(err)
	}
	defer operator.Close()
	js, err := jetstream.New(operator)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.Stream(t.Context(), "REMIT_JOURNAL")
	if err != nil || stream.CachedInfo().State.Msgs == 0 {
		t.Fatalf("the journal is gone: %v", err)
	}
	if again := h.MustSubmit(t, eventstoretest.Request(eventstoretest.Body("B2"))); again.Position != first.Position+1 {
		t.Errorf("event %d follows %d", again.Position, first.Position)
	}
	if err := nc.Publish("remit.other", nil); err != nil {
		t.Fatal(err)
	}
	if err := nc.Flush(); err != nil || nc.LastError() == nil {
		t.Errorf("it may publish elsewhere: %v, %v", err, nc.LastError())
	}
	var seen []domain.EventNo
	enough := errors.New("enough")
	if err := h.Follow(t.Context(), 0, func(events []domain.Event) error {
		for _, e := range events {
			seen = append(seen, e.No)
		}
		if len(seen) == int(h.Position()) {
			return enough
		}
		return nil
	}); !errors.Is(err, enough) {
		t.Error(err)
	}
}

// refuses checks that the server tells a connection that it may not publish to subject, and does nothing.
func refuses(t *testing.T, nc *nats.Conn, subject string) {
	t.Helper()
	denied := make(chan error, 1)
	nc.SetErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
		select {
		case denied <- err:
		default:
		}
	})
	answers, err := nc.SubscribeSync(nats.NewInbox())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answers.Unsubscribe() }()
	if err := nc.PublishRequest(subject, answers.Subject, []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if err := nc.Flush(); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-denied:
		if !errors.Is(err, nats.ErrPermissionViolation) {
			t.Errorf("%s: %v", subject, err)
		}
	case <-time.After(5 * time.Second):
		t.Errorf("%s was not refused", subject)
	}
}
