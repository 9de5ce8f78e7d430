package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// committeeRoutes are the pages and forms about transition committees and plan returns.
func committeeRoutes() map[string]func(*visit) error {
	routes := bothWays(map[string]func(*visit) error{
		"/committees/form": (*visit).formCommittee, "/committees/{id}/do/{act}": (*visit).committeeAct,
		"/plan-returns/submit": (*visit).submitReturn, "/plan-returns/{id}/moderate": (*visit).moderateReturn,
	})
	routes["GET /committees"], routes["GET /committees/{id}"] = (*visit).committees, (*visit).committee
	routes["GET /plan-returns"] = (*visit).planReturns
	return routes
}

// allCommittees returns the committees of a body, or all, those that are no more among them.
func (v *visit) allCommittees(body string) ([]*remitv1.Committee, error) {
	var all []*remitv1.Committee
	err := everyPage(func(token string) (*remitv1.ListCommitteesResponse, error) {
		return v.ask.programme.ListCommittees(v.ctx(), &remitv1.ListCommitteesRequest{
			Organisation: body, IncludeDissolved: true, PageSize: 1000, PageToken: token, MinPosition: v.r.URL.Query().Get("min"),
		})
	}, func(answer *remitv1.ListCommitteesResponse) { all = append(all, answer.GetCommittees()...) })
	return all, err
}

// committees lists them.
func (v *visit) committees() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	page := recordsPage{
		Title: "Transition committees", Intro: "They advise boards on what moves: each of one body, or joint for several.", Empty: "There are no such committees.",
		Acts: []step{{Text: "Form a committee", Address: "/committees/form"}},
	}
	body := v.bodyFilter(&page, l, "Body")
	if page.Form.bad() {
		return v.records(page)
	}
	all, err := v.allCommittees(body)
	if err != nil {
		return err
	}
	table := recordsTable{ID: "committees", Caption: "Committees", Heads: []string{"Committee", "Of", "Members", "Advice given"}}
	for _, c := range all {
		name := linkCell(link{Text: c.GetName(), Address: "/committees/" + c.GetCommitteeId()})
		if c.GetDissolved() {
			name.Tag, name.Tone = "Dissolved", "grey"
		}
		table.Rows = append(table.Rows, []recordsCell{
			name, bodyCell(l, c.GetBodies()...), textCell(membersOf(c.GetTerms())), textCell(strconv.Itoa(len(c.GetAdvice()))),
		})
	}
	if len(table.Rows) > 0 {
		page.Tables = []recordsTable{table}
	}
	return v.records(page)
}

// membersOf says how many members a committee has.
func membersOf(t *remitv1.CommitteeTerms) string {
	return strconv.Itoa(int(t.GetExecutive())) + " executive, " + strconv.Itoa(int(t.GetNonExecutive())) + " non-executive"
}

// quorumOf says when a committee is quorate.
func quorumOf(t *remitv1.CommitteeTerms) string {
	text := plural(int(t.GetQuorum()), "member", "members")
	if n := int(t.GetQuorumNonExecutive()); n > 0 {
		text += ", " + strconv.Itoa(n) + " of them non-executive"
	}
	if t.GetEveryBody() {
		text += ", and every body represented"
	}
	return text
}

func (v *visit) committeeNow() (*remitv1.Committee, error) {
	all, err := v.allCommittees("")
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(all, func(c *remitv1.Committee) bool { return c.GetCommitteeId() == v.r.PathValue("id") })
	if at < 0 {
		return nil, unknown("committee")
	}
	return all[at], nil
}

// committee shows one.
func (v *visit) committee() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	c, err := v.committeeNow()
	if err != nil {
		return err
	}
	root := "/committees/" + c.GetCommitteeId() + "/do/"
	page := recordsPage{
		Title: c.GetName(), Up: link{Text: "Committees", Address: "/committees"}, Empty: "It has not given any advice yet.",
		Facts: []answer{{"Of", bodyNames(l, c.GetBodies())}, {"Members", membersOf(c.GetTerms())}, {"Quorum", quorumOf(c.GetTerms())}},
	}
	if c.GetDissolved() {
		page.Intro = "It is dissolved."
	} else {
		page.Acts = []step{
			{Text: "Record its advice", Address: root + "advise"}, {Text: "Change its members", Address: root + "membership"}, {Text: "Dissolve it", Address: root + "dissolve"},
		}
	}
	table := recordsTable{ID: "advice", Caption: "Advice", Heads: []string{"Meeting", "Advice", "About", "Attended", "In its words"}}
	for _, a := range c.GetAdvice() {
		quorate := "Not quorate"
		if a.GetQuorate() {
			quorate = "Quorate"
		}
		about := textCell("Transition as a whole")
		if id := a.GetTransferId(); id != "" {
			about = linkCell(link{Text: "A transfer", Address: "/transfers/" + id})
		}
		table.Rows = append(table.Rows, []recordsCell{
			textCell(plainDate(a.GetMeetingOn()) + "\n" + a.GetMinuteRef()), textCell(word(a.GetAdvice())), about,
			textCell(strconv.Itoa(int(a.GetAttendance().GetExecutive()+a.GetAttendance().GetNonExecutive())) + " members\n" + quorate), textCell(a.GetText()),
		})
	}
	if len(table.Rows) > 0 {
		page.Tables = []recordsTable{table}
	}
	return v.records(page)
}

func bodyNames(l look, codes []string) string {
	var names strings.Builder
	for i, code := range codes {
		if i > 0 {
			names.WriteString("\n")
		}
		names.WriteString(l.Body(code))
	}
	return names.String()
}

// memberFields ask for the terms of a committee.
func memberFields(q asker) []ask {
	return []ask{
		q.field("terms.executive", "Executive members", "").must("Enter how many executive members there are"),
		q.field("terms.nonExecutive", "Non-executive members", "").must("Enter how many non-executive members there are"),
		q.field("terms.quorum", "Members that make a quorum", "").must("Enter how many members make a quorum"),
		q.field("terms.quorumNonExecutive", "Non-executive members among them", ""),
		q.field("terms.everyBody", "Every body must be represented", ""),
	}
}

// formCommittee shows or takes the form that begins a committee.
func (v *visit) formCommittee() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	request := &remitv1.FormCommitteeRequest{}
	q, err := v.asking(request, l)
	return v.actOf(act{
		Title: "Form a transition committee", Send: "Form the committee", Done: "committee", Back: "/committees", BackText: "Back to committees",
		Intro:   []string{"This is for the board of a body that the committee is of."},
		request: request, give: call(v.ask.programme.FormCommittee), after: func(g given) string { return "/committees/" + g.ID },
		defaults: map[string]string{"bodies": string(v.actor.Organisation)},
		Groups: []group{{Fields: append([]ask{
			q.field("name", "Name of the committee", ""), q.field("bodies", "Bodies that it is of", "Names or codes, one a line"),
		}, memberFields(q)...)}},
	}, err)
}

// committeeAct shows or takes a form about a committee.
func (v *visit) committeeAct() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	c, err := v.committeeNow()
	if err != nil {
		return err
	}
	var a act
	switch v.r.PathValue("act") {
	case "advise":
		a, err = v.adviseAct(c, l)
	case "membership":
		request := &remitv1.ChangeCommitteeRequest{CommitteeId: c.GetCommitteeId(), Terms: &remitv1.CommitteeTerms{}}
		q, failed := v.asking(request, l)
		a, err = act{
			Title: "Change the members of a committee", Send: "Record the change", request: request, give: call(v.ask.programme.ChangeCommittee),
			from: &remitv1.ChangeCommitteeRequest{Terms: c.GetTerms()}, Groups: []group{{Fields: append(memberFields(q), q.field("reason", "Why", ""))}},
		}, failed
	case "dissolve":
		a = reasoned("Dissolve a committee", "What it advised stays on the record.", "Dissolve the committee", "Why it is dissolved", "Say why it is dissolved", "",
			&remitv1.ChangeCommitteeRequest{CommitteeId: c.GetCommitteeId(), Dissolve: true})
		a.give, a.Warn = call(v.ask.programme.ChangeCommittee), "A committee that is dissolved cannot advise any more."
	default:
		return v.show(http.StatusNotFound, "not-found", nil)
	}
	a.Done, a.Back, a.BackText, a.revision = v.r.PathValue("act"), "/committees/"+c.GetCommitteeId(), "Back to "+c.GetName(), c.GetRevision()
	a.Facts = []answer{{"Committee", c.GetName()}, {"Of", bodyNames(l, c.GetBodies())}}
	return v.actOf(a, err)
}

// adviseAct is what a committee advises.
func (v *visit) adviseAct(c *remitv1.Committee, l look) (act, error) {
	about := []option{{Text: "The transition as a whole"}}
	for _, body := range c.GetBodies() {
		transfers, err := v.unfinished(&remitv1.ListTransfersRequest{Organisation: body})
		if err != nil {
			return act{}, err
		}
		for _, t := range transfers {
			o := option{Value: t.GetTransferId(), Text: titleOfTransfer(l, t)}
			if !slices.Contains(about, o) {
				about = append(about, o)
			}
		}
	}
	request := &remitv1.RecordAdviceRequest{CommitteeId: c.GetCommitteeId(), Attendance: &remitv1.Attendance{}}
	q, err := v.asking(request, l)
	return act{
		Title: "Record a committee’s advice", Send: "Record the advice", request: request, give: call(v.ask.programme.RecordAdvice),
		Intro:    []string{"Advice is heard before a decision. It decides nothing itself. The register works out whether the meeting was quorate."},
		defaults: map[string]string{"meetingOn": v.at.Today},
		Groups: []group{
			{Title: "Advice", Fields: []ask{
				q.field("transferId", "About", "").among(askSelect, about...), q.field("advice", "What it advises", ""), q.field("text", "In its words", ""),
			}},
			{Title: "Meeting", Fields: []ask{
				q.field("meetingOn", "Day of the meeting", ""), q.field("minuteRef", "Reference of the minute", "For example TC/26/7").wide("20"),
				q.field("attendance.executive", "Executive members who attended", "").must("Enter how many executive members attended"),
				q.field("attendance.nonExecutive", "Non-executive members who attended", "").must("Enter how many non-executive members attended"),
				q.field("attendance.bodies", "Bodies represented", "Names or codes, one a line"),
			}},
		},
	}, err
}
