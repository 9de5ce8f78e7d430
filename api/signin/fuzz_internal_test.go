package signin

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/remit-register/remit/domain"
)

// FuzzMapping reads any text as a mapping: what is taken grants roles that there are, to groups and bodies with names.
func FuzzMapping(f *testing.F) {
	for _, seed := range []string{
		"", "subject: oid\n", "grants: [{group: g, organisation: QNQ, roles: [board]}]", "grants: [{group: g, roles: [emperor]}]",
		"subject: [", "a: &a [*a]", "? {}\n: x", "subject: 7", "---\n---\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ReadMapping(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, g := range m.Grants {
			if g.Group == "" || g.Organisation == "" || len(g.Roles) == 0 || slices.ContainsFunc(g.Roles, isUnknown) {
				t.Errorf("%q grants %+v", text, g)
			}
		}
	})
}

// FuzzClaims reads any JSON as the claims of a token: whoever it names has a name, and roles that there are, at each body
// once.
func FuzzClaims(f *testing.F) {
	for _, seed := range []string{
		`{"sub":"anna","organisation":"QNQ","roles":"board reader"}`, `{"sub":"anna","organisation":["QNQ","QNQ",7],"roles":["board",null]}`,
		`{"sub":7}`, `{"sub":" "}`, `{"sub":"a","groups":["g"],"organisation":{}}`, `null`, `{"sub":"a","organisation":"\u0000","roles":"board"}`,
	} {
		f.Add([]byte(seed))
	}
	m := DefaultMapping()
	m.Grants = []Grant{{Group: "g", Organisation: "Y61", Roles: []domain.ActorRole{domain.ActorPanel}}}
	f.Fuzz(func(t *testing.T, data []byte) {
		var claims map[string]any
		if json.Unmarshal(data, &claims) != nil {
			return
		}
		p, err := m.person(claims)
		if err != nil {
			return
		}
		if strings.TrimSpace(p.subject) == "" || len(p.subject) > maxSubject {
			t.Errorf("%s names %q", data, p.subject)
		}
		seen := map[domain.OrganisationCode]bool{}
		for _, place := range p.places {
			if seen[place.Organisation] || !isCode(string(place.Organisation)) || len(place.Roles) == 0 || slices.ContainsFunc(place.Roles, isUnknown) {
				t.Errorf("%s gives %+v", data, p.places)
			}
			seen[place.Organisation] = true
		}
	})
}

// FuzzLocalPath reads any text as where to go after signing in: what it leads to is on this register, however a browser reads it.
func FuzzLocalPath(f *testing.F) {
	for _, seed := range []string{
		"/map?on=2026-04-01", "https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)", "",
		"/%2f/evil.example", "/..//evil.example", "?x", "#", "/a\r\nLocation: https://evil.example", "http:/evil", "/:80",
	} {
		f.Add(seed)
	}
	here := &url.URL{Scheme: "https", Host: "remit.example"}
	browser := strings.NewReplacer("\t", "", "\n", "", "\r", "", "\\", "/") // as WHATWG's URLs are read
	f.Fuzz(func(t *testing.T, to string) {
		path := localPath(to)
		read := browser.Replace(strings.TrimSpace(path))
		u, err := url.Parse(path)
		if err != nil || here.ResolveReference(u).Host != here.Host || !strings.HasPrefix(read, "/") || strings.HasPrefix(read, "//") ||
			strings.ContainsAny(path, "\r\n") {
			t.Errorf("%q leads to %q, %v", to, path, err)
		}
	})
}

func isUnknown(role domain.ActorRole) bool { return !slices.Contains(domain.ActorRoles(), role) }
