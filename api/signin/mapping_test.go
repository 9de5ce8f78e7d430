package signin_test

import (
	"strings"
	"testing"
	"time"

	"github.com/remit-register/remit/api/signin"
	"github.com/remit-register/remit/api/signintest"
	"github.com/remit-register/remit/domain"
)

func TestMappingOfGroupsAndSeveralBodies(t *testing.T) {
	mapping, err := signin.ReadMapping(strings.NewReader(`
subject: oid
grants:
  - {group: remit-qnq-board, organisation: QNQ, roles: [board]}
  - {group: remit-qnq-board, organisation: QNQ, roles: [reader, board]}
  - {group: remit-y61, organisation: Y61, roles: [panel]}
`))
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, func(c *signin.Config) { c.Mapping = mapping })
	token := w.Token(signintest.Claims{"oid": "o-1", "groups": []string{"remit-qnq-board", "remit-y61", "gardeners"}})
	if _, err := w.Bearer(t.Context(), token, ""); err == nil || !strings.Contains(err.Error(), "QNQ, Y61") {
		t.Errorf("no body chosen: %v", err)
	}
	if _, err := w.Bearer(t.Context(), token, "X24"); err == nil || reasonOf(t, err) != domain.NotAuthorised {
		t.Errorf("another's body chosen: %v", err)
	}
	p, err := w.Bearer(t.Context(), token, "QNQ")
	if err != nil || p.Subject != "o-1" || len(p.Roles) != 2 || len(p.Elsewhere) != 1 || p.Elsewhere[0].Organisation != "Y61" {
		t.Errorf("got %+v, %v", p, err)
	}
	if _, err := w.Bearer(t.Context(), w.Token(signintest.Claims{"oid": "o-2"}), ""); err == nil || reasonOf(t, err) != domain.NotAuthorised {
		t.Errorf("somebody without any body: %v", err)
	}
}

func TestMappingsThatAreWrong(t *testing.T) {
	for name, text := range map[string]string{
		"field nobody knows": "organization: org",
		"role nobody knows":  "grants: [{group: g, organisation: QNQ, roles: [emperor]}]",
		"grant without body": "grants: [{group: g, roles: [board]}]",
		"no ODS code":        "grants: [{group: g, organisation: the board, roles: [board]}]",
		"no YAML":            "subject: [",
	} {
		if _, err := signin.ReadMapping(strings.NewReader(text)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if m, err := signin.ReadMapping(strings.NewReader("")); err != nil || m.Subject != "sub" {
		t.Errorf("an empty file: %+v, %v", m, err)
	}
}

func TestConfigThatCannotBeSafe(t *testing.T) {
	good := signin.Config{Issuer: "https://id.example", Audience: "a", Mapping: signin.DefaultMapping(), Clock: time.Now}
	for name, change := range map[string]func(*signin.Config){
		"plain http to another machine": func(c *signin.Config) { c.Issuer = "http://id.example" },
		"no audience":                   func(c *signin.Config) { c.Audience = "" },
		"no issuer":                     func(c *signin.Config) { c.Issuer = "" },
		"sessions over plain http":      func(c *signin.Config) { c.PublicURL = "http://remit.example" },
	} {
		cfg := good
		change(&cfg)
		if _, err := signin.New(cfg); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := signin.New(good); err != nil {
		t.Error(err)
	}
}
