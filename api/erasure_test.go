package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const authority = "DPO decision 2026/14"

// eventOf reads an event as an actor.
func (s *server) eventOf(t *testing.T, actor, position string) object {
	t.Helper()
	return obj(s.ok(t, actor, "AuditService/GetEvent", object{"position": position})["event"])
}

// TestErasure has personal data erased and reads everything that held them.
func TestErasure(t *testing.T) {
	s := newRegister(t)
	request := with(proposal())
	request["reason"] = "Dr Smith asked for it."
	receipt := obj(s.ok(t, "amy@S1Y5D", "TransferService/ProposeTransfer", request)["receipt"])
	id, no := fmt.Sprint(receipt["transactionId"]), fmt.Sprint(receipt["position"])
	raw, err := s.store.Read(t.Context(), 1, s.store.Position())
	if err != nil {
		t.Fatal(err)
	}
	erasure := object{
		"texts":  []object{{"event": no, "field": "rationale"}, {"event": no, "field": "terms.limits"}, {"event": no, "field": "retained"}},
		"reason": "Request of 20 November.", "authority": authority,
	}
	t.Run("refusals", func(t *testing.T) { testErasureRefused(t, s, no, erasure) })
	position := s.seconded(t, "RecordService/ErasePersonalData", erasure)["position"]
	t.Run("texts", func(t *testing.T) { testErasedTexts(t, s, id, no, fmt.Sprint(position)) })
	t.Run("events are as they were", func(t *testing.T) {
		now, err := s.store.Read(t.Context(), 1, raw[len(raw)-1].No)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(raw, now); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("all of an event", func(t *testing.T) {
		s.seconded(t, "RecordService/ErasePersonalData", object{
			"texts": []object{{"event": no}}, "reason": "All of it.", "authority": authority,
		})
		got, err := s.eventOf(t, "", no), ""
		if raw := fmt.Sprint(got); strings.Contains(raw, "Declaring") || strings.Contains(raw, "Smith") {
			t.Errorf("%v %v", got, err)
		}
		s.refused(t, first, "RecordService/ErasePersonalData", with(erasure), "failed_precondition", "WRONG_STATE")
	})
	t.Run("the same command again brings nothing back", func(t *testing.T) {
		again := s.ok(t, "amy@S1Y5D", "TransferService/ProposeTransfer", request)
		if obj(again["receipt"])["replayed"] != true {
			t.Errorf("not replayed: %v", again)
		}
		if got := s.eventOf(t, "", no); got["reason"] != "[erased]" {
			t.Errorf("reason %v", got["reason"])
		}
	})
}

func testErasureRefused(t *testing.T, s *server, no string, erasure object) {
	change := func(field string, value any) object {
		changed := with(erasure)
		changed[field] = value
		return changed
	}
	const procedure = "RecordService/ErasePersonalData"
	s.refused(t, first, procedure, change("reason", ""), "invalid_argument", "INVALID_ARGUMENT")
	s.refused(t, first, procedure, change("authority", ""), "invalid_argument", "INVALID_ARGUMENT")
	s.refused(t, first, procedure, change("texts", []object{}), "invalid_argument", "INVALID_ARGUMENT")
	s.refused(t, first, procedure, change("texts", []object{{"event": "999999"}}), "not_found", "UNKNOWN_EVENT")
	s.refused(t, first, procedure, change("texts", []object{{"event": no, "field": "ration"}}), "invalid_argument", "INVALID_ARGUMENT")
	s.refused(t, "ann@RC9;registrar", procedure, with(erasure), "permission_denied", "NOT_AUTHORISED")
	s.refused(t, "amy@S1Y5D;board", procedure, with(erasure), "permission_denied", "NOT_AUTHORISED")
	id := s.awaited(t, procedure, erasure)
	s.refused(t, first, "RecordService/Second", with(object{"awaitingId": id}), "failed_precondition", "SECOND_PERSON_REQUIRED")
	waiting := obj(items(s.ok(t, "", "RecordService/ListAwaitingSecond", object{"methods": []string{"ErasePersonalData"}})["awaiting"])[0])
	if n := len(items(obj(waiting["command"])["recorded"])); n != 3 {
		t.Errorf("%d texts wait for their erasure, want 3: %v", n, waiting)
	}
	if got := s.eventOf(t, "", no); obj(got["fact"])["rationale"] != "One team for the region." {
		t.Errorf("erased by one person alone: %v", got)
	}
	s.ok(t, second, "RecordService/Second", with(object{"awaitingId": id, "decline": true}))
}

// testErasedTexts: what was named is gone wherever it is shown, what was not named stays, and the erasure is listed.
func testErasedTexts(t *testing.T, s *server, id, no, erasure string) {
	event := s.eventOf(t, "", no)
	fact := obj(event["fact"])
	got := []any{
		event["reason"], fact["rationale"], obj(fact["terms"])["limits"], obj(fact["terms"])["reserved"],
		obj(items(fact["retained"])[0])["description"],
	}
	want := []any{"Dr Smith asked for it.", "[erased]", "[erased]", "Declaring an incident.", "[erased]"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	transfer := obj(s.ok(t, "", "TransferService/GetTransfer", object{"transferId": id})["transfer"])
	if transfer["rationale"] != "[erased]" || obj(transfer["terms"])["notice"] != "Six months." || transfer["lastEvent"] != erasure {
		t.Errorf("transfer %v", transfer)
	}
	var types []string
	list := items(s.ok(t, "", "AuditService/ListEvents", object{"entity": "transfer/" + id})["events"])
	for _, e := range list {
		types = append(types, fmt.Sprint(obj(e)["type"]))
	}
	if diff := cmp.Diff([]string{"TransferProposed", "PersonalDataErased"}, types); diff != "" {
		t.Fatal(diff)
	}
	recorded := obj(obj(list[1])["fact"])
	if texts := items(recorded["texts"]); len(texts) != 3 || obj(texts[0])["event"] != no || obj(texts[0])["field"] != "rationale" ||
		recorded["authority"] != authority {
		t.Errorf("erasure %v", recorded)
	}
}

// TestWhoMayResolve shows who learns the name behind a pseudonym, and that an erased person has none.
func TestWhoMayResolve(t *testing.T) {
	s := newRegister(t)
	receipt := obj(s.ok(t, "amy@S1Y5D", "TransferService/ProposeTransfer", with(proposal()))["receipt"])
	no := fmt.Sprint(receipt["position"])
	person := func(actor string) any { return obj(s.eventOf(t, actor, no)["actor"])["person"] }
	for actor, want := range map[string]string{
		"":                         "",
		"aud@X24;auditor":          "amy",
		"reg@X24;registrar":        "amy",
		"reg@S1Y5D;registrar":      "amy",
		"aud@S1Y5D;auditor":        "",
		"reg@Y61;registrar":        "",
		"reg@RC9;registrar":        "",
		"po@X24;programme_office":  "",
		"amy@S1Y5D;board":          "",
		"reg@ZZ999;registrar":      "",
		"op@X24;operator,assessor": "",
	} {
		if got := person(actor); got != want {
			t.Errorf("%q is told %q, want %q", actor, got, want)
		}
	}
	pseudonym := obj(s.eventOf(t, "", no)["actor"])["subject"]
	erasure := object{"pseudonyms": []any{pseudonym}, "reason": "She left.", "authority": authority}
	s.refused(t, "ann@RC9;registrar", "RecordService/ErasePersonalData", with(erasure), "permission_denied", "NOT_AUTHORISED")
	s.seconded(t, "RecordService/ErasePersonalData", erasure)
	if got := person("aud@X24;auditor"); got != "" {
		t.Errorf("an auditor is told %q of a person who was erased", got)
	}
	if again := obj(s.eventOf(t, "", no)["actor"])["subject"]; again != pseudonym {
		t.Errorf("the event's pseudonym was %v and is %v", pseudonym, again)
	}
}

// TestEraseWhoWasOnlyRefused forgets somebody who never recorded anything, by the name under which they sign in: that
// name gets nowhere.
func TestEraseWhoWasOnlyRefused(t *testing.T) {
	s := newRegister(t)
	s.refused(t, "zoe@S1Y5D;auditor", "TransferService/ProposeTransfer", with(proposal()), "permission_denied", "NOT_AUTHORISED")
	pseudonym, ok := s.store.Vault().KnownPseudonym("zoe", "S1Y5D")
	if !ok {
		t.Fatal("nothing is kept of who was refused: there is nothing to erase")
	}
	const procedure = "RecordService/ErasePersonalData"
	erasure := func(who string) object {
		return object{"pseudonyms": []string{who}, "reason": "Request of 20 November.", "authority": authority}
	}
	s.refused(t, first, procedure, with(erasure("zoe@Y61")), "invalid_argument", "INVALID_ARGUMENT")
	s.refused(t, "amy@S1Y5D;board", procedure, with(erasure("zoe@S1Y5D")), "permission_denied", "NOT_AUTHORISED")
	s.seconded(t, procedure, erasure("zoe@S1Y5D"))
	if _, _, ok := s.store.Vault().Person(pseudonym); ok {
		t.Error("it is still known who that was")
	}
	events, err := s.store.Read(t.Context(), 1, s.store.Position())
	if err != nil {
		t.Fatal(err)
	}
	if last := fmt.Sprintf("%+v", events[len(events)-3:]); strings.Contains(last, "zoe") || !strings.Contains(last, pseudonym) {
		t.Errorf("the log has %s", last)
	}
	s.refused(t, first, procedure, with(erasure(pseudonym)), "failed_precondition", "WRONG_STATE")
}
