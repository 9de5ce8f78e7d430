package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// FuzzODS reads any bytes as a file of the national directory: what is taken can be compared with a register, and each
// command that follows is one that can be given.
func FuzzODS(f *testing.F) {
	for _, seed := range []string{
		"code,name\nX24,NHS England\n", "code,colour\nX24,red\n", "\uFEFFcode\nX24", "code,open\nX24,1.4.2026\n", "code\n\"", "", "[", "[{}]",
		`[{"code":"RZZ","name":"A","role":"provider/trust","legal_person":"yes","open":"2026-10-01","parent":"X24"}]`,
		"code,close,successor,succession\nD7T5G,2027-04-01,S1Y5D,merge\n", `[{"code":"RZZ"}] x`, "code,code\nX24,X24\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		bodies, err := readODS(strings.NewReader(string(data)))
		if err != nil {
			return
		}
		for _, body := range bodies {
			for _, difference := range compareODS(body, nil, today, "because") {
				if difference.method == "" {
					continue
				}
				line, err := difference.line()
				if err != nil {
					t.Fatal(err)
				}
				if _, _, err := parseLine(line, false); err != nil {
					t.Errorf("%q: %v", data, err)
				}
			}
		}
	})
}

// FuzzConfigFile reads any bytes as a file of settings: it is taken or told what is wrong with it, and what it sets are
// flags.
func FuzzConfigFile(f *testing.F) {
	for _, seed := range []string{
		"listen: 127.0.0.1:1\n", "allow-host: [a, b]\n", "colour: red", "listen: [a]", "config: x", "a: &a [*a]", "? [x]\n: y", "- x",
		"replicas: many", "listen: a\nlisten: b", "\xff", "# nothing", "empty: true\nwrite-timeout: 1m",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		a := &app{getenv: func(string) string { return "" }, clock: time.Now}
		flags := a.serve().LocalNonPersistentFlags()
		if err := setFields(flags, "remit.yaml", data); err != nil && !strings.Contains(err.Error(), "--config remit.yaml") {
			t.Errorf("%q: %v", data, err)
		}
	})
}

// FuzzLine reads any bytes as a line to load: what is taken is a command of the register, with an id that follows from
// the content alone.
func FuzzLine(f *testing.F) {
	for _, seed := range []string{
		`{"method":"remit.v1.OrganisationService/RenameOrganisation","request":{"code":"X24","name":"N"}}`, `{"method":"x"}`, `[]`, "null",
		`{"method":"remit.v1.MapService/GetMap","request":{}}`, `{"method":"/remit.v1.RecordService/Second","request":null}`,
		`{"method":"remit.v1.RecordService/Second","request":{"commandId":7,"n":1e999}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		procedure, request, err := parseLine(line, true)
		if err != nil {
			return
		}
		again, same, err := parseLine(line, true)
		if err != nil || procedure != again || string(request) != string(same) || !json.Valid(request) {
			t.Errorf("%q is read as %s %s, then as %s %s (%v)", line, procedure, request, again, same, err)
		}
	})
}

// FuzzMetrics reads any bytes as what a register shows of its state, and judges it.
func FuzzMetrics(f *testing.F) {
	f.Add([]byte("# HELP\nremit_events_recorded 7\nremit_findings{severity=\"high\"} 1\n"))
	f.Add([]byte("remit_checkpoint_age_seconds NaN\n\n \nx{ 1\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, check := range append(checkMetrics(parseMetrics(body), "v1", time.Unix(1000, 0)), checkReadiness(200, body)...) {
			if check.Name == "" || check.Message == "" || check.Status == checkFail && check.Remedy == "" {
				t.Errorf("%q: %+v", body, check)
			}
		}
	})
}
