package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// odsSource is what is recorded as the source of what the directory says.
const odsSource = "ODS directory"

// odsBody is a body as the national directory has it. An empty field says nothing.
type odsBody struct {
	Code        string `json:"code"`
	Name        string `json:"name"`
	Role        string `json:"role"` // tier/form, as provider/trust
	LegalPerson string `json:"legal_person"`
	Parent      string `json:"parent"`
	Open        string `json:"open"`
	Close       string `json:"close"`
	Changed     string `json:"changed"` // the date from which name and parent are what they are
	Successor   string `json:"successor"`
	Succession  string `json:"succession"` // merge, absorb or recode
}

// columns are the fields by the names of their columns.
func (b *odsBody) columns() map[string]*string {
	return map[string]*string{
		"code": &b.Code, "name": &b.Name, "role": &b.Role, "legal_person": &b.LegalPerson, "parent": &b.Parent,
		"open": &b.Open, "changed": &b.Changed, "close": &b.Close, "successor": &b.Successor, "succession": &b.Succession,
	}
}

// maxODS is the size of the largest file.
const maxODS = 64 << 20

// readODS reads a file of the directory, CSV or JSON. Nothing in it is silently left out.
func readODS(from io.Reader) ([]odsBody, error) {
	data, err := io.ReadAll(io.LimitReader(from, maxODS+1))
	if err != nil {
		return nil, fmt.Errorf("read it: %w", err)
	}
	if len(data) > maxODS {
		return nil, fmt.Errorf("it is larger than %d MiB", maxODS>>20)
	}
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	var bodies []odsBody
	if text := bytes.TrimSpace(data); len(text) > 0 && text[0] == '[' {
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		if err = decoder.Decode(&bodies); err == nil && decoder.More() {
			err = errors.New("something follows the list")
		}
	} else {
		bodies, err = readODSTable(data)
	}
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for i := range bodies {
		if err := bodies[i].check(); err != nil {
			return nil, fmt.Errorf("body %d (%s): %w", i+1, bodies[i].Code, err)
		}
		if seen[bodies[i].Code] {
			return nil, fmt.Errorf("body %d: %s is there twice", i+1, bodies[i].Code)
		}
		seen[bodies[i].Code] = true
	}
	return bodies, nil
}

func readODSTable(data []byte) ([]odsBody, error) {
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff")))).ReadAll() // as spreadsheets write it
	if err != nil {
		return nil, fmt.Errorf("read it as CSV: %w", err)
	}
	if len(rows) == 0 {
		return nil, errors.New("it is empty")
	}
	bodies := make([]odsBody, len(rows)-1)
	for i, name := range rows[0] {
		if _, ok := (&odsBody{}).columns()[name]; !ok || slices.Index(rows[0], name) != i {
			return nil, fmt.Errorf("column %q is not known, or there twice: see 'remit import ods --help'", name)
		}
		for j, row := range rows[1:] {
			*bodies[j].columns()[name] = strings.TrimSpace(row[i])
		}
	}
	return bodies, nil
}

// check refuses what cannot be understood.
func (b *odsBody) check() error {
	code := regexp.MustCompile(`^[A-Z0-9]{2,12}$`)
	switch {
	case !code.MatchString(b.Code):
		return fmt.Errorf("code %q is no code of the directory", b.Code)
	case b.Parent != "" && !code.MatchString(b.Parent):
		return fmt.Errorf("parent %q is no code of the directory", b.Parent)
	case b.Successor != "" && (!code.MatchString(b.Successor) || b.Successor == b.Code):
		return fmt.Errorf("successor %q is no code of another body", b.Successor)
	case b.Successor != "" && b.Close == "":
		return errors.New("it has a successor and no date on which it closes")
	case !slices.Contains([]string{"", "merge", "absorb", "recode"}, b.Succession):
		return fmt.Errorf("succession %q is not known: merge, absorb or recode", b.Succession)
	case !slices.Contains([]string{"", "yes", "no"}, b.LegalPerson):
		return fmt.Errorf("legal_person is %q, not yes or no", b.LegalPerson)
	}
	for _, date := range []string{b.Open, b.Close, b.Changed} {
		if _, err := time.Parse(time.DateOnly, date); date != "" && err != nil {
			return fmt.Errorf("%q is no date: write it as 2026-04-01", date)
		}
	}
	if b.Role != "" {
		tier, form, _ := strings.Cut(b.Role, "/")
		if remitv1.Tier_value["TIER_"+strings.ToUpper(tier)] == 0 || remitv1.Form_value["FORM_"+strings.ToUpper(form)] == 0 {
			return fmt.Errorf("role %q is no tier and form, as provider/trust", b.Role)
		}
	}
	return nil
}

// odsDifference is something that the directory and the register say differently.
type odsDifference struct {
	code, what, text string
	// method and request are the command that would make the register say the same; "" where the file does not say enough.
	method  string
	request map[string]any
}

// compareODS returns what the directory says differently of a body than the register; known is nil for a new one. today
// is an ISO date: what closes after it is only announced.
func compareODS(b odsBody, known *remitv1.Organisation, today, reason string) []odsDifference {
	command := func(what, text, method string, request map[string]any) odsDifference {
		request["reason"], request["source"] = reason, odsSource
		return odsDifference{b.Code, what, text, method, request}
	}
	remark := func(what, text string) odsDifference { return odsDifference{code: b.Code, what: what, text: text} }
	if known == nil {
		return []odsDifference{newODSBody(b, command, remark)}
	}
	var found []odsDifference
	changed := func(what, text, method string, request map[string]any) {
		if b.Changed == "" {
			found = append(found, remark(what, text+"; the file does not say since when (column changed)"))
			return
		}
		request["code"], request["effectiveOn"] = b.Code, b.Changed
		found = append(found, command(what, text+", since "+b.Changed, method, request))
	}
	if b.Name != "" && b.Name != known.GetName() {
		changed("name", fmt.Sprintf("%q, here %q", b.Name, known.GetName()), "RenameOrganisation", map[string]any{"name": b.Name})
	}
	if b.Parent != "" && b.Parent != known.GetParent() {
		changed("parent", fmt.Sprintf("%s, here %q", b.Parent, known.GetParent()), "MoveOrganisation", map[string]any{"parent": b.Parent})
	}
	if b.Open != "" && b.Open != known.GetOpenedOn() {
		found = append(found, remark("open", fmt.Sprintf("%s, here %s: what is recorded is put right with 'remit correct'", b.Open, known.GetOpenedOn())))
	}
	switch {
	case b.Close == "" || b.Close == known.GetClosedOn():
	case known.GetClosedOn() != "":
		found = append(found, remark("close", fmt.Sprintf("%s, here %s: what is recorded is put right with 'remit correct'", b.Close, known.GetClosedOn())))
	case isAnnounced(b, known):
	case b.Successor != "" && b.Succession == "":
		found = append(found, remark("succession", fmt.Sprintf("%s follows on %s, and it is not said how: merge, absorb or recode", b.Successor, b.Close)))
	case b.Close > today:
		found = append(found, command("close", closingText(b)+"; until then it is an announcement", "PlanReorganisation", announcement(b)))
	default:
		found = append(found, command("close", closingText(b), "Reorganise", closing(b)))
	}
	return found
}

// newODSBody is a body that the register does not have.
func newODSBody(
	b odsBody, command func(what, text, method string, request map[string]any) odsDifference, remark func(what, text string) odsDifference,
) odsDifference {
	text := fmt.Sprintf("%s is not in the register", b.Name)
	if b.Name == "" || b.Role == "" || b.Open == "" || b.LegalPerson == "" {
		return remark("new", text+"; to propose it, the file must give name, role, legal_person and open")
	}
	if b.Close != "" {
		return remark("new", text+", and closed on "+b.Close+": decide whether the register needs it")
	}
	tier, form, _ := strings.Cut(b.Role, "/")
	request := map[string]any{
		"code": b.Code, "name": b.Name, "tier": "TIER_" + strings.ToUpper(tier), "form": "FORM_" + strings.ToUpper(form),
		"legalPerson": b.LegalPerson == "yes", "effectiveOn": b.Open,
	}
	if b.Parent != "" {
		request["parent"] = b.Parent
	}
	return command("new", text, "EstablishOrganisation", request)
}

func closingText(b odsBody) string {
	if b.Successor == "" {
		return fmt.Sprintf("on %s, without a successor; what it holds is to be said besides", b.Close)
	}
	return fmt.Sprintf("on %s, %s into %s; what it holds is to be said besides", b.Close, b.Succession, b.Successor)
}

// isAnnounced tells whether the register knows of a closing that is to come.
func isAnnounced(b odsBody, known *remitv1.Organisation) bool {
	return slices.ContainsFunc(known.GetPlanned(), func(p *remitv1.PlannedReorganisation) bool {
		return p.GetEffectiveOn() == b.Close && slices.Contains(p.GetOriginals(), b.Code) &&
			(b.Successor == "" || slices.Contains(p.GetResults(), b.Successor))
	})
}

// announcement is the request that announces that a body closes. One that is merged or absorbed joins its successor.
func announcement(b odsBody) map[string]any {
	originals, results, kind := []string{b.Code}, []string{}, "ABOLISH"
	if b.Successor != "" {
		results, kind = append(results, b.Successor), strings.ToUpper(b.Succession)
		if b.Succession != "recode" {
			originals = append(originals, b.Successor)
		}
	}
	return map[string]any{
		"kind": "SUCCESSION_KIND_" + kind, "originals": originals, "results": results, "effectiveOn": b.Close,
		"confidence": "CONFIDENCE_EXACT",
	}
}

// closing is the request of the reorganisation in which a body closes.
func closing(b odsBody) map[string]any {
	succession := map[string]any{"predecessor": b.Code, "kind": "SUCCESSION_KIND_ABOLISH"}
	if b.Successor != "" {
		succession["successor"], succession["kind"] = b.Successor, "SUCCESSION_KIND_"+strings.ToUpper(b.Succession)
	}
	return map[string]any{"ends": []string{b.Code}, "successions": []any{succession}, "effectiveOn": b.Close}
}
