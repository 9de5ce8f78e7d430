package api

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-register/remit/domain"
)

func TestParseActor(t *testing.T) {
	all := domain.ActorRoles()
	for value, want := range map[string]person{
		"po@QNQ":                          {"po", "QNQ", all},
		"jane.smith@nhs.net@S1Y5D":        {"jane.smith@nhs.net", "S1Y5D", all},
		" po@QNQ ;board":                  {"po", "QNQ", []domain.ActorRole{domain.ActorBoard}},
		"po@QNQ; board , panel,board":     {"po", "QNQ", []domain.ActorRole{domain.ActorBoard, domain.ActorPanel}},
		"Zoë@QNQ;programme_office":        {"Zoë", "QNQ", []domain.ActorRole{domain.ActorProgrammeOffice}},
		strings.Repeat("a", 128) + "@X24": {strings.Repeat("a", 128), "X24", all},
	} {
		got, err := parseActor(value)
		if err != nil {
			t.Errorf("%q: %v", value, err)
			continue
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(person{})); diff != "" {
			t.Errorf("%q: %s", value, diff)
		}
	}
	for _, value := range []string{
		"", "po", "@QNQ", "po@", "po@qnq", "po@Q N", "p o@QNQ", "po@QNQ;", "po@QNQ;king", "po@QNQ;system", "po@QNQ;board,",
		"po\x00@QNQ", "po\xff@QNQ", strings.Repeat("a", 129) + "@X24", "po@ABCDEFGHIJKLM",
	} {
		if got, err := parseActor(value); err == nil {
			t.Errorf("%q was read as %v", value, got)
		}
	}
}

func FuzzParseActor(f *testing.F) {
	for _, seed := range []string{"po@QNQ", "a@b@X24;board,panel", ";@", "@;", "po@QNQ;"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		p, err := parseActor(value)
		if err != nil {
			if !p.isAnonymous() {
				t.Errorf("%q: %v with an error", value, p)
			}
			return
		}
		unusable := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }
		if p.subject == "" || strings.ContainsFunc(p.subject, unusable) || !isCode(string(p.organisation)) || len(p.roles) == 0 {
			t.Errorf("%q was read as %v", value, p)
		}
		for _, role := range p.roles {
			if !slices.Contains(domain.ActorRoles(), role) {
				t.Errorf("%q has the role %s", value, role)
			}
		}
	})
}
