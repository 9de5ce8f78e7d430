package signin

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/remit-register/remit/domain"
)

// Mapping says what the claims of a token mean here. It is read from a YAML file, which may leave out everything but
// what it changes:
//
//	subject: sub                # the claim that names the person; it must never be given to somebody else
//	organisation: organisation  # the claim with the ODS code of the body, or a list of codes
//	roles: roles                # the claim with the role, or a list of roles
//	groups: groups              # the claim with the group, or a list of groups
//	grants:                     # what being in a group means, for sign-in services that know groups only
//	  - group: remit-qnq-board
//	    organisation: QNQ
//	    roles: [board, reader]
//
// Roles are those of the register: programme_office, assessor, board, panel, committee, registrar, auditor, reader,
// operator. A role that the claim names and the register does not know is left out, and so is what is no ODS code.
type Mapping struct {
	// Subject is the name of the claim that names the person. Default "sub".
	Subject string `yaml:"subject"`
	// Organisation is the name of the claim with ODS codes. Default "organisation".
	Organisation string `yaml:"organisation"`
	// Roles is the name of the claim with roles, at every body of the claim with ODS codes. Default "roles".
	Roles string `yaml:"roles"`
	// Groups is the name of the claim with groups. Default "groups".
	Groups string `yaml:"groups"`
	// Grants say what being in a group means.
	Grants []Grant `yaml:"grants"`
}

// Grant gives the members of a group roles at a body.
type Grant struct {
	Group        string                  `yaml:"group"`
	Organisation domain.OrganisationCode `yaml:"organisation"`
	Roles        []domain.ActorRole      `yaml:"roles"`
}

// DefaultMapping is the mapping of an empty file.
func DefaultMapping() Mapping {
	return Mapping{Subject: "sub", Organisation: "organisation", Roles: "roles", Groups: "groups"}
}

// ReadMapping reads a mapping. A field or role that it does not know is an error that names it.
func ReadMapping(r io.Reader) (Mapping, error) {
	m := DefaultMapping()
	content, err := io.ReadAll(r)
	if err != nil {
		return m, fmt.Errorf("read the mapping: %w", err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	if err := decoder.Decode(&m); err != nil && !errors.Is(err, io.EOF) {
		return m, fmt.Errorf("read the mapping: %w", err)
	}
	for i, g := range m.Grants {
		if g.Group == "" || g.Organisation == "" || len(g.Roles) == 0 {
			return m, fmt.Errorf("grant %d of the mapping: group, organisation and roles are required", i+1)
		}
		if !isCode(string(g.Organisation)) {
			return m, fmt.Errorf("grant %d of the mapping: organisation %q is no ODS code, such as QYG", i+1, g.Organisation)
		}
		for _, role := range g.Roles {
			if !slices.Contains(domain.ActorRoles(), role) {
				return m, fmt.Errorf("grant %d of the mapping: %q is not a role", i+1, role)
			}
		}
	}
	return m, nil
}

// Place is a body and the roles that somebody has there.
type Place struct {
	Organisation domain.OrganisationCode
	Roles        []domain.ActorRole
}

// person is who a token says, and where they may act.
type person struct {
	subject string
	places  []Place // by organisation, each once
}

// person reads the claims of a token.
func (m Mapping) person(claims map[string]any) (person, error) {
	subject, ok := claims[m.Subject].(string)
	if !ok || strings.TrimSpace(subject) == "" || len(subject) > maxSubject {
		return person{}, fmt.Errorf("the claim %q does not name a person", m.Subject)
	}
	p := person{subject: subject}
	var roles []domain.ActorRole
	for _, name := range words(claims[m.Roles]) {
		roles = append(roles, domain.ActorRole(name))
	}
	for _, code := range words(claims[m.Organisation]) {
		if isCode(code) {
			p.grant(domain.OrganisationCode(code), roles)
		}
	}
	groups := words(claims[m.Groups])
	for _, g := range m.Grants {
		if slices.Contains(groups, g.Group) {
			p.grant(g.Organisation, g.Roles)
		}
	}
	return p, nil
}

// isCode tells whether a word has the form of an ODS code: others name no body.
func isCode(word string) bool {
	return len(word) >= 2 && len(word) <= 12 &&
		!strings.ContainsFunc(word, func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '0' || r > '9') })
}

// maxSubject is the longest subject, in bytes.
const maxSubject = 255

// grant adds those of the roles that are roles.
func (p *person) grant(code domain.OrganisationCode, roles []domain.ActorRole) {
	i := slices.IndexFunc(p.places, func(place Place) bool { return place.Organisation == code })
	for _, role := range roles {
		if !slices.Contains(domain.ActorRoles(), role) {
			continue
		}
		if i < 0 {
			i = len(p.places)
			p.places = append(p.places, Place{Organisation: code})
		}
		if !slices.Contains(p.places[i].Roles, role) {
			p.places[i].Roles = append(p.places[i].Roles, role)
		}
	}
}

// words reads a claim that is a word or a list of words. One word with spaces is a list, as OAuth's scopes are.
func words(claim any) []string {
	switch value := claim.(type) {
	case string:
		return strings.Fields(value)
	case []any:
		var list []string
		for _, element := range value {
			if word, ok := element.(string); ok && word != "" {
				list = append(list, word)
			}
		}
		return list
	}
	return nil
}
