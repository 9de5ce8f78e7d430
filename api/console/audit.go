package console

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// auditPage is what is recorded, and one box to search it.
type auditPage struct {
	Form form
	Look look
	// Title says what is listed.
	Title  string
	Events []*remitv1.Event
	// More is the address of what follows, "" for nothing.
	More string
	Log  *remitv1.GetCheckpointResponse
}

const (
	auditEvents = 50   // on a page
	scanEvents  = 1000 // read at a time, to find a command's id
	scanPages   = 10
	auditAround = 8 // before and after one
)

var (
	auditNumber = regexp.MustCompile(`^(?i:event\s+)?([0-9]{1,18})$`)
	auditULID   = regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{26}$`)
	auditUUID   = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	auditEntity = regexp.MustCompile(`^[a-z]+/[A-Za-z0-9-]+$`)
)

// audit shows what was recorded last, or what somebody looks for.
func (v *visit) audit() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	page := auditPage{Form: newForm(v.r.URL.Query()), Look: l}
	if v.at.Position, err = v.position(); err != nil {
		return err
	}
	// A register without a log has no checkpoint: the page does without.
	page.Log, _ = v.ask.audit.GetCheckpoint(v.ctx(), &remitv1.GetCheckpointRequest{})
	sought := page.Form.text("q")
	if number := auditNumber.FindStringSubmatch(sought); number != nil {
		return v.goTo("/audit/" + number[1])
	}
	if sought == "" {
		last, _ := strconv.ParseInt(v.at.Position, 10, 64)
		answer, err := v.ask.audit.ListEvents(v.ctx(), &remitv1.ListEventsRequest{
			AfterPosition: strconv.FormatInt(max(0, last-auditEvents), 10), PageSize: auditEvents,
		})
		if err != nil {
			return err
		}
		page.Title, page.Events = "Recorded last", answer.GetEvents()
		slices.Reverse(page.Events)
		return v.show(http.StatusOK, "audit", page)
	}
	if err := v.search(&page, sought); err != nil {
		return err
	}
	status := http.StatusOK
	if page.Form.bad() {
		status = http.StatusNotFound
	}
	return v.show(status, "audit", page)
}

// search finds events by an entity, a transaction, a command's id, a code or a type.
func (v *visit) search(page *auditPage, sought string) error {
	if auditEntity.MatchString(sought) {
		return v.searchEntities(page, sought, sought)
	}
	if upper := strings.ToUpper(sought); auditULID.MatchString(upper) {
		if err := v.searchEntities(page, upper, "transfer/"+upper, "delegation/"+upper, "reorganisation/"+upper); err != nil || len(page.Events) > 0 {
			return err
		}
		return v.searchTransaction(page, upper)
	}
	if lower := strings.ToLower(sought); auditUUID.MatchString(lower) {
		return v.searchCommand(page, lower)
	}
	if code, _ := page.Look.resolve(sought, amongPlaces); code != "" {
		return v.searchEntities(page, page.Look.Place(code)+" ("+code+")", "organisation/"+code, "footprint/"+code)
	}
	for code, f := range page.Look.functions {
		if strings.EqualFold(code, sought) || strings.EqualFold(f.GetDetails().GetName(), sought) {
			return v.searchEntities(page, f.GetDetails().GetName(), "function/"+code)
		}
	}
	page.nothing()
	return nil
}

func (p *auditPage) nothing() {
	p.Events = nil
	p.Form.wrong("q", "Nothing is recorded under this. Enter an event number such as 1204, an entity such as function/eprr, the id of a "+
		"transaction or a command, or the code or name of a body or a function")
}

// searchEntities lists the events about the first of some entities that has any.
func (v *visit) searchEntities(page *auditPage, called string, entities ...string) error {
	after := page.Form.text("after")
	for _, entity := range entities {
		answer, err := v.ask.audit.ListEvents(v.ctx(), &remitv1.ListEventsRequest{
			Entity: entity, PageSize: auditEvents, AfterPosition: after,
		})
		if err != nil {
			page.Form.refused(err, map[string]string{"entity": "q", "after_position": "q"})
			return nil
		}
		if len(answer.GetEvents()) == 0 {
			continue
		}
		page.Title, page.Events = "Recorded about "+called, answer.GetEvents()
		if next := answer.GetNextAfterPosition(); next != "" && len(page.Events) == auditEvents {
			page.More = v.at.To("/audit", "q", entity, "after", next)
		}
		return nil
	}
	if len(entities) == 1 || after != "" {
		page.nothing()
	} else if !auditULID.MatchString(called) {
		page.nothing()
	}
	return nil
}

// searchTransaction finds the events of a transaction: the ids of transactions are in the order of recording.
func (v *visit) searchTransaction(page *auditPage, id string) error {
	last, _ := strconv.ParseInt(v.at.Position, 10, 64)
	low, high := int64(1), last+1
	for low < high {
		middle := (low + high) / 2
		answer, err := v.ask.audit.GetEvent(v.ctx(), &remitv1.GetEventRequest{Position: strconv.FormatInt(middle, 10)})
		if err != nil {
			return err
		}
		if answer.GetEvent().GetTransactionId() < id {
			low = middle + 1
		} else {
			high = middle
		}
	}
	answer, err := v.ask.audit.ListEvents(v.ctx(), &remitv1.ListEventsRequest{
		AfterPosition: strconv.FormatInt(low-1, 10), PageSize: auditEvents,
	})
	if err != nil {
		return err
	}
	page.Title = "Transaction " + id
	page.Events = slices.DeleteFunc(answer.GetEvents(), func(e *remitv1.Event) bool { return e.GetTransactionId() != id })
	if len(page.Events) == 0 {
		page.nothing()
	}
	return nil
}

// searchCommand finds the events of a command among those recorded last.
func (v *visit) searchCommand(page *auditPage, id string) error {
	last, _ := strconv.ParseInt(v.at.Position, 10, 64)
	for n := range int64(scanPages) {
		after := last - (n+1)*scanEvents
		answer, err := v.ask.audit.ListEvents(v.ctx(), &remitv1.ListEventsRequest{
			AfterPosition: strconv.FormatInt(max(0, after), 10), PageSize: int32(scanEvents + min(0, after)),
		})
		if err != nil {
			return err
		}
		found := slices.DeleteFunc(answer.GetEvents(), func(e *remitv1.Event) bool { return e.GetCommandId() != id })
		if len(found) > 0 {
			page.Title, page.Events = "Command "+id, found
			return nil
		}
		if after <= 0 {
			page.nothing()
			return nil
		}
	}
	page.Form.wrong("q", "No command with this id is among the last "+grouped(scanPages*scanEvents)+" events: look for its transaction")
	return nil
}

// eventPage is one event.
type eventPage struct {
	Look  look
	Event *remitv1.Event
	// Raw is the event as JSON.
	Raw string
	// Together are the events of its transaction, About those about the same, in order.
	Together, About []*remitv1.Event
	// Signed is up to which event the log is signed, "" without a log. Proven says that it covers this one.
	Signed         string
	Proven         bool
	Previous, Next string
	// File is the name of the proof's file.
	File string
}

// event shows one.
func (v *visit) event() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	answer, err := v.ask.audit.GetEvent(v.ctx(), &remitv1.GetEventRequest{Position: v.r.PathValue("number")})
	if err != nil {
		return err
	}
	e := answer.GetEvent()
	v.at.Position = answer.GetPosition()
	page := eventPage{Look: l, Event: e, File: e.GetPosition() + ".tlog-proof"}
	if page.Raw, err = rawEvent(e); err != nil {
		return err
	}
	at, _ := strconv.ParseInt(e.GetPosition(), 10, 64)
	last, _ := strconv.ParseInt(answer.GetPosition(), 10, 64)
	if at > 1 {
		page.Previous = strconv.FormatInt(at-1, 10)
	}
	if at < last {
		page.Next = strconv.FormatInt(at+1, 10)
	}
	together, err := v.ask.audit.ListEvents(v.ctx(), &remitv1.ListEventsRequest{
		AfterPosition: strconv.FormatInt(at-int64(e.GetTransactionIndex())-1, 10), PageSize: min(max(e.GetTransactionCount(), 1), auditEvents),
	})
	if err != nil {
		return err
	}
	page.Together = together.GetEvents()
	if page.About, err = v.around(e, at); err != nil {
		return err
	}
	// A register without a log has no checkpoint: the page says so.
	if log, err := v.ask.audit.GetCheckpoint(v.ctx(), &remitv1.GetCheckpointRequest{}); err == nil {
		page.Signed = log.GetTreeSize()
		size, _ := strconv.ParseInt(page.Signed, 10, 64)
		page.Proven = size >= at
	}
	return v.show(http.StatusOK, "event", page)
}

// around are the events about the same as one, a few before it and a few after it.
func (v *visit) around(e *remitv1.Event, at int64) ([]*remitv1.Event, error) {
	ask := &remitv1.ListEventsRequest{Entity: e.GetEntity(), AfterPosition: strconv.FormatInt(at-1, 10), PageSize: auditAround}
	after, err := v.ask.audit.ListEvents(v.ctx(), ask)
	if err != nil {
		return nil, err
	}
	early, err := v.ask.audit.ListEvents(v.ctx(), &remitv1.ListEventsRequest{Entity: e.GetEntity(), PageSize: scanEvents})
	if err != nil {
		return nil, err
	}
	before := early.GetEvents()
	i := slices.IndexFunc(before, func(other *remitv1.Event) bool { return other.GetPosition() == e.GetPosition() })
	// Of something that very much happened to, the few just before cannot be had: those after it are told then.
	before = before[max(0, i-auditAround):max(0, i)]
	return append(slices.Clone(before), after.GetEvents()...), nil
}

// rawEvent writes an event as the API gives it.
func rawEvent(e *remitv1.Event) (string, error) {
	packed, err := protojson.MarshalOptions{EmitUnpopulated: true}.Marshal(e)
	if err != nil {
		return "", err //nolint:wrapcheck // cannot happen: it came from the API
	}
	var text bytes.Buffer
	if err := json.Indent(&text, packed, "", "  "); err != nil {
		return "", err //nolint:wrapcheck // cannot happen
	}
	return text.String(), nil
}

// eventProof sends the file that proves an event.
func (v *visit) eventProof() error {
	answer, err := v.ask.audit.GetEvent(v.ctx(), &remitv1.GetEventRequest{Position: v.r.PathValue("number"), WithProof: true})
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	v.w.Header().Set("Content-Disposition", `attachment; filename="`+answer.GetEvent().GetPosition()+`.tlog-proof"`)
	v.w.Header().Set("Cache-Control", "no-store")
	v.send(http.StatusOK, []byte(answer.GetProof().GetProof()))
	return nil
}
