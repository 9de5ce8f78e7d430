package console

import (
	"net/http"
	"strings"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// whoPage answers who holds a function in a place.
type whoPage struct {
	Form     form
	Asked    bool
	Function string
	Place    string
	Holdings []*remitv1.Holding
	Planned  []*remitv1.PlannedMove
	Names    *names
}

// who asks who holds a function in a place.
func (v *visit) who() error {
	f := newForm(v.r.URL.Query())
	page := whoPage{Form: f, Function: f.text("function"), Place: strings.ToUpper(f.text("in"))}
	var err error
	if page.Names, err = v.names(); err != nil {
		return err
	}
	if page.Function == "" || page.Place == "" {
		return v.show(http.StatusOK, "who", page)
	}
	answer, err := v.ask.maps.WhoHolds(v.ctx(), &remitv1.WhoHoldsRequest{
		AsOf: v.at.message(), Function: page.Function, Footprint: page.Place,
	})
	if err != nil {
		page.Form.refused(err, map[string]string{"function": "function", "footprint": "in"})
		return v.show(refusalOf(err).Status, "who", page)
	}
	v.resolved(answer.GetAsOf(), answer.GetPosition())
	page.Asked, page.Holdings, page.Planned = true, answer.GetHoldings(), answer.GetPlanned()
	return v.show(http.StatusOK, "who", page)
}
