package main

import (
	"strconv"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// findingSum takes together the findings of one kind and severity about one function.
type findingSum struct {
	kind               remitv1.FindingKind
	severity           remitv1.Severity
	function, remedy   string
	bodies, footprints map[string]bool
}

// sumsOf takes findings together, in the order in which they come: by kind and function.
func sumsOf(findings []*remitv1.Finding) []*findingSum {
	type key struct {
		kind     remitv1.FindingKind
		severity remitv1.Severity
		function string
	}
	byKey := map[key]*findingSum{}
	var sums []*findingSum
	for _, f := range findings {
		k := key{f.GetKind(), f.GetSeverity(), f.GetFunction()}
		s, ok := byKey[k]
		if !ok {
			s = &findingSum{k.kind, k.severity, k.function, f.GetRemedy(), map[string]bool{}, map[string]bool{}}
			byKey[k] = s
			sums = append(sums, s)
		}
		if f.GetOrganisation() != "" {
			s.bodies[f.GetOrganisation()] = true
		}
		for _, code := range f.GetFootprints() {
			s.footprints[code] = true
		}
	}
	return sums
}

// printSums shows how many bodies and footprints each kind of finding is about, by function.
func (a *app) printSums(findings []*remitv1.Finding) error {
	columns := []column[*findingSum]{
		{"severity", func(s *findingSum) string { return word(s.severity) }},
		{"finding", func(s *findingSum) string { return word(s.kind) }},
		{"function", func(s *findingSum) string { return s.function }},
		{"bodies", func(s *findingSum) string { return strconv.Itoa(len(s.bodies)) }},
		{"footprints", func(s *findingSum) string { return strconv.Itoa(len(s.footprints)) }},
		{"remedy", func(s *findingSum) string { return s.remedy }},
	}
	if a.format == formatCSV {
		return printCSV(a.stdout, sumsOf(findings), columns)
	}
	return printTable(a, a.stdout, sumsOf(findings), columns)
}
