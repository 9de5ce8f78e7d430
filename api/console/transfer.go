package console

import (
	"net/http"
	"slices"
	"strings"

	"connectrpc.com/connect"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// transferPage shows one transfer.
type transferPage struct {
	Look  look
	T     *remitv1.Transfer
	Title string
	// Next are what is to be done, and More what else may be.
	Next, More []step
	// Missing is what the register says is missing before it can be completed.
	Missing []reason
	Where   placesText
	// Domains compare both parties' confidence.
	Domains []domainRow
	// Sender and Receiver assessed, if they did.
	Sender, Receiver *remitv1.Assessment
	Risks            []*remitv1.Risk
	Events           []*remitv1.Event
	// Power names the instrument.
	Power    string
	TermRows []answer
	// Linked are transfers that belong to it, by how.
	Linked map[string]string
	// Links has the tables lead to forms.
	Links bool
}

// domainRow is a domain as both parties rate it.
type domainRow struct {
	Name             string
	Sender, Receiver *remitv1.DomainRating
}

// transfer shows a transfer.
func (v *visit) transfer() error {
	q := v.r.URL.Query()
	answer, err := v.ask.transfers.GetTransfer(v.ctx(), &remitv1.GetTransferRequest{
		TransferId: v.r.PathValue("id"), AsOf: v.at.message(), MinPosition: q.Get("min"),
	})
	if err != nil {
		return err
	}
	v.resolved(answer.GetAsOf(), answer.GetPosition())
	page, err := v.transferPage(answer.GetTransfer())
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "transfer", page)
}

func (v *visit) transferPage(t *remitv1.Transfer) (transferPage, error) {
	l, err := v.look()
	if err != nil {
		return transferPage{}, err
	}
	page := transferPage{
		Look: l, T: t, Title: titleOfTransfer(l, t), Where: l.where(t.GetFunction(), t.GetReceiver(), t.GetFootprints()),
	}
	page.TermRows, page.Linked, page.Links = termRows(l, t.GetTerms()), linked(t), v.at.IsToday()
	if t.GetReceiver() == "" {
		page.Where = l.named(t.GetFootprints(), "", plural(len(t.GetFootprints()), "place", "places"))
	}
	if page.Risks, err = v.risksOf(t.GetTransferId()); err != nil {
		return page, err
	}
	if page.Events, err = v.eventsOf("transfer/" + t.GetTransferId()); err != nil {
		return page, err
	}
	if page.Power, err = v.powerOf(t.GetInstrument()); err != nil {
		return page, err
	}
	page.compare()
	if v.at.IsToday() {
		page.Next, page.More = v.nextSteps(l, t), moreSteps(t)
		page.Missing = v.missing(t)
	}
	return page, nil
}

// compare puts both parties' ratings side by side.
func (p *transferPage) compare() {
	for _, a := range p.T.GetAssessments() {
		switch {
		case !a.GetCurrent():
		case a.GetParty() == remitv1.Party_PARTY_SENDER:
			p.Sender = a
		case a.GetParty() == remitv1.Party_PARTY_RECEIVER:
			p.Receiver = a
		}
	}
	for _, domain := range p.T.GetDomains() {
		p.Domains = append(p.Domains, domainRow{domainWords(domain), ratingOf(p.Sender, domain), ratingOf(p.Receiver, domain)})
	}
}

func ratingOf(a *remitv1.Assessment, domain string) *remitv1.DomainRating {
	at := slices.IndexFunc(a.GetRatings(), func(r *remitv1.DomainRating) bool { return r.GetDomain() == domain })
	if at < 0 {
		return nil
	}
	return a.GetRatings()[at]
}

// missing asks the register what stands in the way of completing, where the reader may ask that.
func (v *visit) missing(t *remitv1.Transfer) []reason {
	if v.actor.Subject == "" || t.GetState() < remitv1.TransferState_TRANSFER_STATE_PROPOSED || finished(t) {
		return nil
	}
	request := &remitv1.CompleteTransferRequest{TransferId: t.GetTransferId(), ValidateOnly: true, CommandId: newCommandID()}
	if _, err := v.ask.transfers.CompleteTransfer(v.ctx(), request); connect.CodeOf(err) == connect.CodeFailedPrecondition {
		return refusalOf(err).Reasons
	}
	return nil
}

// risksOf returns the risks of a transfer.
func (v *visit) risksOf(id string) ([]*remitv1.Risk, error) {
	var risks []*remitv1.Risk
	for token := ""; ; {
		answer, err := v.ask.transfers.ListRisks(v.ctx(), &remitv1.ListRisksRequest{
			AsOf: v.at.message(), TransferId: id, IncludeClosed: true, PageSize: 500, PageToken: token,
		})
		if err != nil {
			return nil, err
		}
		risks = append(risks, answer.GetRisks()...)
		if token = answer.GetNextPageToken(); token == "" {
			return risks, nil
		}
	}
}

// eventsOf returns what is recorded about something, up to the point that the page shows; nothing where the reader may
// not see it.
func (v *visit) eventsOf(entity string) ([]*remitv1.Event, error) {
	answer, err := v.ask.audit.ListEvents(v.ctx(), &remitv1.ListEventsRequest{Entity: entity, PageSize: 500})
	if connect.CodeOf(err) == connect.CodePermissionDenied {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	events := answer.GetEvents()
	if at := slices.IndexFunc(events, func(e *remitv1.Event) bool { return later(e.GetPosition(), v.at.Position) }); at >= 0 {
		events = events[:at]
	}
	return events, nil
}

// later tells whether an event's number is above another.
func later(a, b string) bool {
	return b != "" && (len(a) > len(b) || len(a) == len(b) && a > b)
}

// powerOf names an instrument.
func (v *visit) powerOf(code string) (string, error) {
	if code == "" {
		return "", nil
	}
	answer, err := v.ask.instruments.GetInstrument(v.ctx(), &remitv1.GetInstrumentRequest{Code: code})
	if connect.CodeOf(err) == connect.CodeNotFound {
		return code, nil
	}
	return answer.GetInstrument().GetDetails().GetTitle(), err
}

// titleOfTransfer names a transfer in a few words.
func titleOfTransfer(l look, t *remitv1.Transfer) string {
	name := l.Function(t.GetFunction())
	if t.GetPart() != "" {
		name += ": " + l.PartName(t.GetFunction(), t.GetPart())
	}
	if t.GetReceiver() == "" {
		return name + " from " + l.ShortBody(t.GetSender())
	}
	return name + " from " + l.ShortBody(t.GetSender()) + " to " + l.ShortBody(t.GetReceiver())
}

// domainWords names a domain of readiness.
func domainWords(domain string) string {
	if name, ok := map[string]string{
		"law_governance": "Law and governance", "money_risk": "Money and risk", "people": "People",
		"quality_outcomes": "Quality and outcomes", "contracts_data_records": "Contracts, data and records",
		"escalation_continuity": "Escalation and continuity",
	}[domain]; ok {
		return name
	}
	return upperFirst(strings.ReplaceAll(domain, "_", " "))
}

// gatewayWords names a gateway.
func gatewayWords(code string) string {
	if name, ok := map[string]string{
		"sender-readiness": "Readiness of the sender", "receiver-readiness": "Readiness of the receiver",
		"confirmation": "Confirmation", "sender-notice": "Notice by the sender", "receiver-notice": "Notice by the receiver",
	}[code]; ok {
		return name
	}
	return upperFirst(strings.ReplaceAll(code, "-", " "))
}

// ratingWords says a rating, and the colour of its tag.
func ratingWords(rating string) string {
	return upperFirst(strings.ReplaceAll(rating, "_", " "))
}

func ratingColour(rating string) string {
	switch rating {
	case "green":
		return "green"
	case "amber":
		return "orange"
	case "red":
		return "red"
	}
	return "grey"
}

func upperFirst(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

func lowerFirst(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToLower(text[:1]) + text[1:]
}
