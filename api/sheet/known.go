package sheet

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-register/remit/domain"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// Known is what the register knows of the words that a map uses, as of today.
type Known struct {
	Functions     []*remitv1.Function
	Organisations []*remitv1.Organisation
	Footprints    []*remitv1.Footprint
	Instruments   []*remitv1.Instrument
}

// find reads a code, a name, or "Name (CODE)". It returns the code, or those whose names have the text in them.
func find[T any](list []T, text string, code, name func(T) string) (string, []string) {
	inside := text
	if at := strings.LastIndex(text, "("); at > 0 && strings.HasSuffix(text, ")") {
		inside = text[at+1 : len(text)-1]
	}
	var near []string
	byName := ""
	for _, item := range list {
		if c := code(item); strings.EqualFold(c, text) || strings.EqualFold(c, inside) {
			return c, nil
		}
		switch {
		case strings.EqualFold(name(item), text) && byName == "":
			byName = code(item)
		case len(text) > 2 && strings.Contains(strings.ToLower(name(item)), strings.ToLower(text)),
			strings.TrimLeft(code(item), "0") == text, strings.EqualFold(strings.ReplaceAll(code(item), "-", " "), text):
			near = append(near, fmt.Sprintf("%s (%s)", name(item), code(item)))
		}
	}
	return byName, near
}

func (k Known) function(text string) (string, []string) {
	return find(k.Functions, text, (*remitv1.Function).GetCode, func(f *remitv1.Function) string { return f.GetDetails().GetName() })
}

func (k Known) body(text string) (string, []string) {
	return find(k.Organisations, plain(text), (*remitv1.Organisation).GetCode, (*remitv1.Organisation).GetName)
}

func (k Known) place(text string) (string, []string) {
	if strings.EqualFold(text, domain.England) || strings.EqualFold(text, "England") {
		return domain.England, nil
	}
	code, near := find(k.Footprints, text, (*remitv1.Footprint).GetCode, (*remitv1.Footprint).GetName)
	if code != "" {
		return code, nil
	}
	other, more := k.body(text)
	return other, append(near, more...)
}

func (k Known) instrument(text string) (string, []string) {
	return find(k.Instruments, text, (*remitv1.Instrument).GetCode, func(i *remitv1.Instrument) string { return i.GetDetails().GetTitle() })
}

func (k Known) part(function, text string) (string, []string) {
	var parts []*remitv1.Part
	for _, f := range k.Functions {
		if f.GetCode() == function {
			parts = f.GetParts()
		}
	}
	code, near := find(parts, text, (*remitv1.Part).GetCode, (*remitv1.Part).GetName)
	if code == "" && len(near) == 0 {
		for _, p := range parts {
			near = append(near, p.GetCode())
		}
	}
	return code, near
}

func (k Known) organisation(code string) *remitv1.Organisation {
	i := slices.IndexFunc(k.Organisations, func(o *remitv1.Organisation) bool { return o.GetCode() == code })
	if i < 0 {
		return nil
	}
	return k.Organisations[i]
}

// isSole tells whether a role of a function has one holder at most.
func (k Known) isSole(function string, role remitv1.Role) bool {
	for _, f := range k.Functions {
		if f.GetCode() != function {
			continue
		}
		for _, rule := range f.GetDetails().GetRules() {
			if rule.GetRole() == role {
				return rule.GetRule() == remitv1.RemitRule_REMIT_RULE_SOLE
			}
		}
	}
	return role != remitv1.Role_ROLE_DELIVERING && role != remitv1.Role_ROLE_OVERVIEW
}

// roleWords are the words for each role, in lower case, by their beginnings.
func roleWords() []struct {
	begin string
	role  remitv1.Role
} {
	type row = struct {
		begin string
		role  remitv1.Role
	}
	return []row{
		{"accountable", remitv1.Role_ROLE_ACCOUNTABLE},
		{"is accountable", remitv1.Role_ROLE_ACCOUNTABLE},
		{"exercis", remitv1.Role_ROLE_EXERCISING},
		{"decides", remitv1.Role_ROLE_EXERCISING},
		{"taking the decisions", remitv1.Role_ROLE_EXERCISING},
		{"takes the decisions", remitv1.Role_ROLE_EXERCISING},
		{"deliver", remitv1.Role_ROLE_DELIVERING},
		{"doing the work", remitv1.Role_ROLE_DELIVERING},
		{"does the work", remitv1.Role_ROLE_DELIVERING},
		{"responsible", remitv1.Role_ROLE_DELIVERING},
		{"overview", remitv1.Role_ROLE_OVERVIEW},
		{"keeping an overview", remitv1.Role_ROLE_OVERVIEW},
		{"keeps an overview", remitv1.Role_ROLE_OVERVIEW},
		{"keeps overview", remitv1.Role_ROLE_OVERVIEW},
		{"fund", remitv1.Role_ROLE_FUNDING},
		{"holding the money", remitv1.Role_ROLE_FUNDING},
		{"holds the money", remitv1.Role_ROLE_FUNDING},
	}
}

// ValidRoles says what may stand for roles.
const ValidRoles = "Accountable, Exercising, Delivering, Overview or Funding, or the letters A, E, R or D, O, F; C and I are not recorded."

// roles reads words or letters for roles; unrecorded counts the letters C and I.
func roles(text string) (found []remitv1.Role, unrecorded int, ok bool) {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(",;/+&|\n", r) }) {
		word = strings.ToLower(strings.TrimSpace(word))
		if word == "" {
			continue
		}
		known := false
		for _, row := range roleWords() {
			if strings.HasPrefix(word, row.begin) {
				found, known = append(found, row.role), true
				break
			}
		}
		if word == "consulted" || word == "informed" {
			unrecorded, known = unrecorded+1, true
		}
		if known {
			continue
		}
		for _, letter := range strings.ReplaceAll(word, " ", "") {
			role, isLetter := letters()[letter]
			if !isLetter {
				return nil, 0, false
			}
			if role == 0 {
				unrecorded++
			} else {
				found = append(found, role)
			}
		}
	}
	return found, unrecorded, true
}

// letters are those of RACI, and of the register's other roles; 0 for what has no role.
func letters() map[rune]remitv1.Role {
	return map[rune]remitv1.Role{
		'a': remitv1.Role_ROLE_ACCOUNTABLE, 'e': remitv1.Role_ROLE_EXERCISING, 'r': remitv1.Role_ROLE_DELIVERING,
		'd': remitv1.Role_ROLE_DELIVERING, 'o': remitv1.Role_ROLE_OVERVIEW, 'f': remitv1.Role_ROLE_FUNDING, 'c': 0, 'i': 0,
	}
}

// roleCode is the register's own word for a role.
func roleCode(role remitv1.Role) string {
	return strings.ToLower(strings.TrimPrefix(role.String(), "ROLE_"))
}
