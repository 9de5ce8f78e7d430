package console

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"connectrpc.com/connect"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// sheet is a table to take away.
type sheet struct {
	// Name is that of the file, without its ending, and of the sheet.
	Name, Title string
	// Head are the names of the columns; those in Dates hold dates, as YYYY-MM-DD.
	Head  []string
	Dates []int
	Rows  [][]string
	// Cover says what the table shows: names and values.
	Cover [][2]string
}

// exported are the tables that can be taken away, by name. Each takes the parameters of the page that shows the same, so
// that its address stays the same and gives what is so when it is asked again.
func (v *visit) exported() map[string]func() (sheet, error) {
	return map[string]func() (sheet, error){"map": v.mapSheet, "transfers": v.transferSheet}
}

// export sends a table as a file.
func (v *visit) export() error {
	name, ending, _ := strings.Cut(v.r.PathValue("file"), ".")
	build, ok := v.exported()[name]
	if !ok || ending != "csv" && ending != "xlsx" {
		return v.show(http.StatusNotFound, "not-found", nil)
	}
	s, err := build()
	if err != nil {
		return err
	}
	if err := v.cover(&s); err != nil {
		return err
	}
	content, kind := writeCSV(s), "text/csv; charset=utf-8; header=present"
	if ending == "xlsx" {
		kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		if content, err = writeXLSX(s); err != nil {
			return fmt.Errorf("write the workbook: %w", err)
		}
	}
	v.w.Header().Set("Content-Type", kind)
	v.w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=\"%s-%s.%s\"", name, v.at.On, ending))
	v.w.Header().Set("Cache-Control", "no-store")
	v.send(http.StatusOK, content)
	return nil
}

// cover says on which date, and as of which event, a table shows the register, and under which signed checkpoint that
// event lies.
func (v *visit) cover(s *sheet) error {
	s.Cover = append([][2]string{
		{"What", s.Title},
		{"Effective date", v.at.On},
		{"As known", v.at.KnownAt.Format("2006-01-02 15:04:05 MST")},
		{"Position (last event that counts)", v.at.Position},
	}, s.Cover...)
	checkpoint, err := v.ask.audit.GetCheckpoint(v.ctx(), &remitv1.GetCheckpointRequest{})
	none := []connect.Code{
		connect.CodeUnavailable, connect.CodeUnimplemented, connect.CodePermissionDenied, connect.CodeUnauthenticated,
		connect.CodeFailedPrecondition,
	}
	switch {
	case err == nil:
		s.Cover = append(s.Cover, [2]string{"Checkpoint (size of the log)", checkpoint.GetTreeSize()},
			[2]string{"Checkpoint (root hash)", hex.EncodeToString(checkpoint.GetRootHash())})
	case slices.Contains(none, connect.CodeOf(err)):
		s.Cover = append(s.Cover, [2]string{"Checkpoint", "None can be given now"})
	default:
		return err
	}
	s.Cover = append(s.Cover, [2]string{"Address", v.r.URL.RequestURI()})
	return nil
}

// mapSheet is who does what, one holding a row.
func (v *visit) mapSheet() (sheet, error) {
	l, err := v.look()
	if err != nil {
		return sheet{}, err
	}
	f := newForm(v.r.URL.Query())
	request, err := v.mapAsked(&f, l)
	if err != nil {
		return sheet{}, err
	}
	s := sheet{
		Name: "map", Title: "Who does what", Dates: []int{12, 13},
		Head: []string{
			"Function", "Function code", "Part", "Place", "Place code", "What it does", "Body", "Body code", "Acting through",
			"Accountable to", "Instrument", "Confidence", "From", "To", "Source", "Event",
		},
	}
	for {
		answer, err := v.ask.maps.GetMap(v.ctx(), request)
		if err != nil {
			return sheet{}, err
		}
		v.resolved(answer.GetAsOf(), answer.GetPosition())
		for _, h := range answer.GetHoldings() {
			body := l.Body(h.GetHolder())
			if h.GetUndetermined() {
				body = "Not determined"
			}
			s.Rows = append(s.Rows, []string{
				l.Function(h.GetFunction()), h.GetFunction(), h.GetPart(), l.Place(h.GetFootprint()), h.GetFootprint(), word(h.GetRole()),
				body, h.GetHolder(), h.GetActingThrough(), h.GetAccountableTo(), h.GetInstrument(), word(h.GetConfidence()),
				h.GetFrom(), h.GetTo(), h.GetSource(), h.GetSourceEvent(),
			})
		}
		if request.PageToken = answer.GetNextPageToken(); request.PageToken == "" {
			return s, nil
		}
	}
}

// mapAsked reads of which functions, bodies and places the map is wanted; nothing given is everything.
func (v *visit) mapAsked(f *form, l look) (*remitv1.GetMapRequest, error) {
	request := &remitv1.GetMapRequest{AsOf: v.at.message(), PageSize: 1000}
	for _, code := range f.Values["function"] {
		if code != "" && !slices.Contains(request.GetFunctions(), code) {
			request.Functions = append(request.Functions, code)
		}
	}
	if code := l.choose(f, "body", "body", amongBodies); code != "" {
		request.Organisations = []string{code}
	}
	if code := l.choose(f, "place", "place", amongPlaces); code != "" {
		request.Footprints = []string{code}
	}
	if f.bad() {
		return nil, connect.NewError(connect.CodeInvalidArgument, errors.New(f.Errors[0].Text))
	}
	return request, nil
}

// transferSheet is the transfers that the page of the same parameters shows.
func (v *visit) transferSheet() (sheet, error) {
	l, err := v.look()
	if err != nil {
		return sheet{}, err
	}
	f := newForm(v.r.URL.Query())
	request := v.transfersAsked(&f, l)
	if f.bad() {
		return sheet{}, connect.NewError(connect.CodeInvalidArgument, errors.New(f.Errors[0].Text))
	}
	for _, s := range stages() {
		if s.Name == f.text("stage") {
			request.States = s.states
		}
	}
	all, answer, err := v.listTransfers(request)
	if err != nil {
		return sheet{}, err
	}
	v.resolved(answer.GetAsOf(), answer.GetPosition())
	s := sheet{
		Name: "transfers", Title: "Transfers", Dates: []int{9, 10, 11},
		Head: []string{
			"Transfer", "Function", "Function code", "From", "From code", "To", "To code", "Places", "Stage", "Proposed for", "Scheduled for",
			"Completed on", "Gateways passed", "Gateways", "Conditions open",
		},
	}
	for _, t := range all {
		s.Rows = append(s.Rows, transferCells(l, t))
	}
	return s, nil
}

func transferCells(l look, t *remitv1.Transfer) []string {
	passed, open := 0, 0
	for _, g := range t.GetGateways() {
		if g.GetPassed() {
			passed++
		}
	}
	for _, c := range t.GetConditions() {
		if c.GetState() < remitv1.ConditionState_CONDITION_STATE_DISCHARGED {
			open++
		}
	}
	return []string{
		t.GetTransferId(), l.Function(t.GetFunction()), t.GetFunction(), l.Body(t.GetSender()), t.GetSender(), l.Body(t.GetReceiver()),
		t.GetReceiver(), strings.Join(t.GetFootprints(), " "), word(t.GetState()), t.GetEffectiveOn(), t.GetScheduledOn(), t.GetCompletedOn(),
		fmt.Sprint(passed), fmt.Sprint(len(t.GetGateways())), fmt.Sprint(open),
	}
}
