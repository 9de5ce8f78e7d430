package api_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore/eventstoretest"
	"github.com/remit-register/remit/projections"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
	"github.com/remit-register/remit/proto/remit/v1/remitv1connect"
)

// paperDay is the data date of the committee's paper.
const paperDay = "2026-03-31"

// replay asks for the digest of the map of the paper's day.
func (s *server) replay(t *testing.T, asOf object) object {
	t.Helper()
	asOf["effectiveOn"] = paperDay
	return s.ok(t, "", "AuditService/ReplayTo", object{"asOf": asOf})
}

// TestPaperAgain makes a committee's paper on a register that knows history up to its day, and again after the
// reorganisation of the next day, an occurrence found out late and its correction were recorded: as known then the
// digest is the same, as known now it is another, and the changes that the register lists explain the difference to the
// byte.
func TestPaperAgain(t *testing.T) {
	s := newServer(t)
	s.ok(t, "registrar@X24", "RecordService/LoadReference", object{"until": paperDay})
	committee := s.formed(t)
	paper := s.replay(t, object{})
	committeePaper := s.paper(t, committee, object{}, object{})
	then := obj(paper["asOf"])
	before := paperMap(t, s, stringOf(then["knownPosition"]))
	if want := "v1:sha256:" + digestOf(before); paper["digest"] != want || paper["holdings"] != strconv.Itoa(len(before)) {
		t.Fatalf("the digest of the map's text is %s, of %d lines: %v", want, len(before), paper)
	}
	s.store.Clock.Set(eventstoretest.Start().Add(time.Hour))
	s.ok(t, "registrar@X24", "RecordService/LoadReference", object{})
	// Somewhere that the reorganisation left as it was.
	place := obj(items(s.ok(t, "", "OrganisationService/ListFootprints", object{"organisation": "QYG"})["footprints"])[0])["code"]
	occurred := s.seconded(t, "RecordService/RecordOccurrence", object{
		"function": "green-plan", "kind": "TRANSFER_KIND_DELIVERY", "from": "QYG", "to": "RC9",
		"footprints": []any{place}, "roles": []string{"ROLE_DELIVERING"}, "effectiveOn": "2026-03-01",
		"source": "a letter", "reason": "Found out late.",
	})
	s.seconded(t, "RecordService/Correct", object{
		"event": positionOf(t, occurred, "OccurrenceRecorded"), "holder": "RGT", "source": "the signed agreement", "reason": "The wrong trust.",
	})
	for name, asOf := range map[string]object{
		"by position": {"knownPosition": then["knownPosition"]}, "by instant": {"knownAt": then["knownAt"]},
	} {
		if again := s.replay(t, asOf); again["digest"] != paper["digest"] || again["holdings"] != paper["holdings"] ||
			obj(again["asOf"])["knownPosition"] != then["knownPosition"] {
			t.Errorf("as known then, %s: %v, want %v", name, again, paper)
		}
	}
	now := s.replay(t, object{})
	if now["digest"] == paper["digest"] {
		t.Error("as known now the paper is the same")
	}
	explained(t, s, before, stringOf(then["knownPosition"]), now)
	samePaper(t, s, committee, committeePaper, then, now)
	views, at := afterRestart(t, s, domain.EventNo(positionNumber(t, then["knownPosition"])), stringOf(paper["digest"]))
	samePaperAfter(t, views, at, committee, committeePaper)
}

func positionNumber(t *testing.T, text any) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(stringOf(text), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// explained takes the changes that the register lists in, one after the other, and demands the map as known now.
func explained(t *testing.T, s *server, before []*remitv1.Holding, then string, now object) {
	t.Helper()
	maps := remitv1connect.NewMapServiceClient(http2(), s.URL)
	request := &remitv1.ListChangesRequest{
		From: &remitv1.AsOf{EffectiveOn: paperDay, KnownPosition: then}, To: &remitv1.AsOf{EffectiveOn: paperDay}, PageSize: 700,
	}
	reader := &mapReader{holdings: before}
	causes := map[string]int{}
	for {
		page, err := maps.ListChanges(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range page.GetChanges() {
			if !c.GetLearned() || c.GetEffectiveOn() != paperDay || len(c.GetCauses()) == 0 {
				t.Fatalf("change %v", c)
			}
			reader.change(c.GetChange())
			for _, cause := range c.GetCauses() {
				causes[cause.GetType()]++
			}
		}
		if request.PageToken = page.GetNextPageToken(); request.PageToken == "" {
			break
		}
	}
	if want := "v1:sha256:" + digestOf(reader.holdings); now["digest"] != want {
		diff := cmp.Diff(paperMap(t, s, ""), reader.holdings, protocmp.Transform())
		t.Errorf("explained %s, as known now %v (-map +explained):\n%.2000s", want, now["digest"], diff)
	}
	for _, kind := range []string{"HoldingsDisposed", "OccurrenceRecorded", "Corrected"} {
		if causes[kind] == 0 {
			t.Errorf("%s caused nothing: %v", kind, causes)
		}
	}
}

// afterRestart demands the paper's digest of a register that was stopped, opened again, and read from its journal.
func afterRestart(t *testing.T, s *server, then domain.EventNo, digest string) (*projections.Views, domain.AsOf) {
	t.Helper()
	s.store.Restart(t)
	views := projections.New(s.store.Clock.Now)
	last := s.store.Position()
	err := s.store.Follow(t.Context(), 0, func(events []domain.Event) error {
		if err := views.Apply(events); err != nil {
			return err
		}
		if views.Position() == last {
			return fmt.Errorf("the end")
		}
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "the end") {
		t.Fatal(err)
	}
	on, err := domain.ParseDate(paperDay)
	if err != nil {
		t.Fatal(err)
	}
	at := domain.AsOf{On: on, Known: then}
	again, err := views.Digest(at)
	if err != nil || again.Digest != digest {
		t.Errorf("after a restart %v, %v, want %s", again, err, digest)
	}
	return views, at
}

// paperMap returns the map of the paper's day as known at a position, "" for now.
func paperMap(t *testing.T, s *server, known string) []*remitv1.Holding {
	t.Helper()
	return mapAt(t, s, &remitv1.AsOf{EffectiveOn: paperDay, KnownPosition: known})
}

// digestOf writes holdings as the contract says that ReadReplay does, and returns the SHA-256.
func digestOf(holdings []*remitv1.Holding) string {
	hash := sha256.New()
	for _, h := range holdings {
		word := func(name, prefix string) string { return strings.ToLower(strings.TrimPrefix(name, prefix)) }
		confidence := ""
		if h.GetConfidence() != 0 {
			confidence = word(h.GetConfidence().String(), "CONFIDENCE_")
		}
		fields := []string{
			h.GetFunction(), h.GetPart(), h.GetFootprint(), word(h.GetRole().String(), "ROLE_"), h.GetHolder(),
			h.GetActingThrough(), h.GetAccountableTo(), h.GetHeldThrough(), h.GetInstrument(), h.GetArrangementId(), confidence,
			h.GetSource(), strconv.FormatBool(h.GetUndetermined()), h.GetFrom(), h.GetTo(), h.GetSourceEvent(),
		}
		for i, f := range fields {
			fields[i] = strconv.Quote(f)
		}
		fmt.Fprintln(hash, strings.Join(fields, "\t"))
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// testReplayText reads the text of the map and compares it with its digest.
func testReplayText(t *testing.T, s *server) {
	answer := s.replay(t, object{})
	stream, err := remitv1connect.NewAuditServiceClient(http2(), s.URL).ReadReplay(t.Context(), &remitv1.ReadReplayRequest{
		AsOf: &remitv1.AsOf{EffectiveOn: paperDay, KnownPosition: stringOf(obj(answer["asOf"])["knownPosition"])},
	})
	if err != nil {
		t.Fatal(err)
	}
	hash, lines, pieces := sha256.New(), 0, 0
	for stream.Receive() {
		text := stream.Msg().GetText()
		if !strings.HasSuffix(text, "\n") || stream.Msg().GetAsOf().GetEffectiveOn() != paperDay {
			t.Fatalf("a piece that ends in %q", text[max(0, len(text)-20):])
		}
		hash.Write([]byte(text))
		lines += strings.Count(text, "\n")
		pieces++
	}
	if err := stream.Err(); err != nil {
		t.Fatal(err)
	}
	digest := "v1:sha256:" + hex.EncodeToString(hash.Sum(nil))
	if answer["digest"] != digest || answer["holdings"] != strconv.Itoa(lines) || pieces < 2 {
		t.Errorf("text of %d lines in %d pieces with the digest %s: %v", lines, pieces, digest, answer)
	}
}

// testWatchTransfer follows a transfer, is cut off, and goes on.
func testWatchTransfer(t *testing.T, s *server) {
	proposed := s.ok(t, "po@S1Y5D", "TransferService/ProposeTransfer", with(proposal()))
	id := stringOf(proposed["transferId"])
	client := remitv1connect.NewTransferServiceClient(http2(), s.URL)
	through, err := client.WatchTransfer(t.Context(), &remitv1.WatchTransferRequest{TransferId: id})
	if err != nil {
		t.Fatal(err)
	}
	defer through.Close()
	if !through.Receive() || through.Msg().GetSnapshot().GetState() != remitv1.TransferState_TRANSFER_STATE_PROPOSED {
		t.Fatal(through.Msg(), through.Err())
	}
	begun := through.Msg().GetPosition()
	s.ok(t, "po@S1Y5D", "TransferService/SetTerms", with(object{"transferId": id, "terms": proposal()["terms"]}))
	s.ok(t, "po@S1Y5D", "TransferService/WithdrawTransfer", with(object{"transferId": id, "reason": "Put off."}))
	later, err := client.WatchTransfer(t.Context(), &remitv1.WatchTransferRequest{TransferId: id, AfterPosition: begun})
	if err != nil {
		t.Fatal(err)
	}
	defer later.Close()
	for _, stream := range []interface {
		Receive() bool
		Msg() *remitv1.WatchTransferResponse
		Err() error
	}{through, later} {
		var types []string
		var last *remitv1.WatchTransferResponse
		for len(types) < 2 && stream.Receive() {
			last = stream.Msg()
			for _, e := range last.GetStep().GetEvents() {
				types = append(types, e.GetType())
			}
		}
		if diff := cmp.Diff([]string{"TermsSet", "TransferWithdrawn"}, types); diff != "" {
			t.Fatal(diff, stream.Err())
		}
		answer, err := client.GetTransfer(t.Context(), &remitv1.GetTransferRequest{
			TransferId: id, AsOf: &remitv1.AsOf{KnownPosition: last.GetPosition()},
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(answer.GetTransfer(), last.GetStep().GetTransfer(), protocmp.Transform()); diff != "" {
			t.Error(diff)
		}
	}
}
