package console

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"github.com/remit-register/remit/domain"
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// calendarOf is the address of a body's calendar, which nobody can guess: calendars cannot sign in. It is "" where the
// console has no key to make it with.
func (c *Console) calendarOf(body string) string {
	if len(c.cfg.CalendarKey) == 0 || body == "" {
		return ""
	}
	mac := hmac.New(sha256.New, c.cfg.CalendarKey)
	mac.Write([]byte("calendar " + body)) // cannot fail
	return "/calendar/" + body + "-" + hex.EncodeToString(mac.Sum(nil)) + ".ics"
}

// calendarSubject is who asks the API for a calendar. It is a reader of the body, and nothing else.
const calendarSubject = "calendar"

// calendar sends what is due for a body: its transfers, the gateways that it decides, and the conditions that it owns.
func (v *visit) calendar() error {
	body, _, _ := strings.Cut(v.r.PathValue("file"), "-")
	if address := v.calendarOf(body); address == "" || !hmac.Equal([]byte(address), []byte(v.r.URL.Path)) {
		return v.show(http.StatusNotFound, "not-found", nil)
	}
	v.actor = Actor{
		Subject: calendarSubject, Organisation: domain.OrganisationCode(body), Roles: []domain.ActorRole{domain.ActorReader},
		Asserted: v.actor.Asserted,
	}
	l, err := v.look()
	if err != nil {
		return err
	}
	all, _, err := v.listTransfers(&remitv1.ListTransfersRequest{Organisation: body, PageSize: 1000})
	if err != nil {
		return err
	}
	cal := ics.NewCalendarFor("Remit")
	cal.SetMethod(ics.MethodPublish)
	cal.SetXWRCalName("Remit: " + l.Body(body))
	cal.SetRefreshInterval("PT1H", ics.WithValue("DURATION"))
	for _, t := range all {
		if !finished(t) {
			v.addDue(cal, l, body, t)
		}
	}
	v.w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	v.w.Header().Set("Cache-Control", "private, max-age=300")
	v.send(http.StatusOK, []byte(cal.Serialize(ics.WithNewLineWindows)))
	return nil
}

// addDue adds what is due of a transfer, each on its day.
func (v *visit) addDue(cal *ics.Calendar, l look, body string, t *remitv1.Transfer) {
	title := titleOfTransfer(l, t)
	add := func(what, on, summary string) {
		day, err := time.ParseInLocation(isoDate, on, v.cfg.Location)
		if err != nil {
			return // no day, nothing due
		}
		e := cal.AddEvent(t.GetTransferId() + "-" + what + "@remit")
		e.SetDtStampTime(t.GetChangedAt().AsTime())
		e.SetAllDayStartAt(day)
		e.SetAllDayEndAt(day.AddDate(0, 0, 1))
		e.SetSummary(summary)
		e.SetDescription(title + "\n" + word(t.GetState()) + "\n/transfers/" + t.GetTransferId())
	}
	add("effect", dueOn(t), "To take effect: "+title)
	for _, g := range t.GetGateways() {
		if !g.GetPassed() && g.GetDecider() == body {
			add(g.GetCode(), dueOn(t), "Decide before this day – "+lowerFirst(gatewayWords(g.GetCode()))+": "+title)
		}
	}
	for _, c := range t.GetConditions() {
		if c.GetState() < remitv1.ConditionState_CONDITION_STATE_DISCHARGED && (c.GetOwner() == body || c.GetSetBy() == body) {
			add(c.GetConditionId(), c.GetDueOn(), "Condition due: "+c.GetDescription())
		}
	}
}
