package console

import (
	"net/http"
	"slices"
	"strings"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// packageRoutes are the pages and forms about packages.
func packageRoutes() map[string]func(*visit) error {
	routes := bothWays(map[string]func(*visit) error{
		"/packages/form": (*visit).formPackage, "/packages/{id}/do/{act}": (*visit).packageAct,
	})
	routes["GET /packages"], routes["GET /packages/{id}"] = (*visit).packages, (*visit).packagePage
	return routes
}

// packages lists the packages of a body, or all of them.
func (v *visit) packages() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	page := recordsPage{
		Title: "Packages", Intro: "A package is several transfers with one case, assessed and decided together; each may be decided otherwise as an exception.",
		Up: link{Text: "Transfers", Address: "/transfers"}, Acts: []step{{Text: "Form a package", Address: "/packages/form"}},
		Empty: "There are no such packages.",
	}
	body := v.bodyFilter(&page, l, "Body")
	table := recordsTable{ID: "packages", Caption: "Packages", Heads: []string{"Package", "Transfers", "Between"}}
	if page.Form.bad() {
		return v.records(page)
	}
	err = everyPage(func(token string) (*remitv1.ListPackagesResponse, error) {
		return v.ask.transfers.ListPackages(v.ctx(), &remitv1.ListPackagesRequest{Organisation: body, PageSize: 1000, PageToken: token})
	}, func(answer *remitv1.ListPackagesResponse) {
		for _, p := range answer.GetPackages() {
			table.Rows = append(table.Rows, []recordsCell{
				linkCell(link{Text: p.GetName(), Address: "/packages/" + p.GetPackageId()}),
				textCell(plural(len(p.GetMembers()), "transfer", "transfers")), bodyCell(l, partiesOf(p)...),
			})
		}
	})
	if len(table.Rows) > 0 {
		page.Tables = []recordsTable{table}
	}
	if err != nil {
		return err
	}
	return v.records(page)
}

// partiesOf are the bodies between which a package's transfers move something.
func partiesOf(p *remitv1.Package) []string {
	var codes []string
	for _, m := range p.GetMembers() {
		for _, code := range []string{m.GetSender(), m.GetReceiver()} {
			if code != "" && !slices.Contains(codes, code) {
				codes = append(codes, code)
			}
		}
	}
	return codes
}

func (v *visit) packageNow() (*remitv1.Package, error) {
	answer, err := v.ask.transfers.GetPackage(v.ctx(), &remitv1.GetPackageRequest{
		PackageId: v.r.PathValue("id"), MinPosition: v.r.URL.Query().Get("min"),
	})
	return answer.GetPackage(), err
}

// packagePage shows one package.
func (v *visit) packagePage() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	p, err := v.packageNow()
	if err != nil {
		return err
	}
	page := recordsPage{Title: p.GetName(), Up: link{Text: "Packages", Address: "/packages"}}
	if p.GetCase() != "" {
		page.Facts = []answer{{"Case", p.GetCase()}}
	}
	table := recordsTable{ID: "members", Caption: "Its transfers", Heads: []string{"Transfer", "Due", "Where it stands", "Gateways"}}
	for _, m := range p.GetMembers() {
		gateways := recordsCell{}
		for _, g := range m.GetGateways() {
			stands := "not passed"
			if g.GetPassed() {
				stands = "passed"
			}
			gateways.Text += gatewayWords(g.GetCode()) + ": " + stands + "\n"
		}
		table.Rows = append(table.Rows, []recordsCell{
			transferCell(l, m), textCell(plainDate(m.GetEffectiveOn())), {Tag: word(m.GetState()), Tone: stateColour(m.GetState())}, gateways,
		})
	}
	page.Tables, page.Acts = []recordsTable{table}, v.packageActs(l, p)
	return v.records(page)
}

// packageActs are what may be done with a package.
func (v *visit) packageActs(l look, p *remitv1.Package) []step {
	root := "/packages/" + p.GetPackageId() + "/do/"
	var senders, receivers []string
	open := map[string]*remitv1.Gateway{}
	var order []string
	for _, m := range p.GetMembers() {
		if m.GetState() > remitv1.TransferState_TRANSFER_STATE_ASSESSING {
			continue
		}
		senders, receivers = append(senders, m.GetSender()), append(receivers, m.GetReceiver())
		for _, g := range m.GetGateways() {
			if !g.GetPassed() && open[g.GetCode()] == nil {
				open[g.GetCode()] = g
				order = append(order, g.GetCode())
			}
		}
	}
	if len(senders) == 0 {
		return nil
	}
	add := func(s step, text, address string) step {
		s.Text, s.Address = text, address
		return s
	}
	steps := []step{
		add(v.by(l, "An assessor of ", senders...), "Assess all of it for the sender", root+"assess?party=sender"),
		add(v.by(l, "An assessor of ", receivers...), "Assess all of it for the receiver", root+"assess?party=receiver"),
	}
	for _, code := range order {
		g := open[code]
		steps = append(steps, add(v.by(l, "The "+g.GetRole()+" of ", g.GetDecider()), "Decide all of it: "+lowerFirst(gatewayWords(code)), root+"decide?gateway="+code))
	}
	return steps
}

// formPackage shows or takes the form that puts transfers together.
func (v *visit) formPackage() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	all, err := v.unfinished(&remitv1.ListTransfersRequest{Organisation: string(v.actor.Organisation)})
	if err != nil {
		return err
	}
	var members []option
	for _, t := range all {
		if t.GetState() == remitv1.TransferState_TRANSFER_STATE_PROPOSED || t.GetState() == remitv1.TransferState_TRANSFER_STATE_ASSESSING {
			members = append(members, option{Value: t.GetTransferId(), Text: titleOfTransfer(l, t), Hint: word(t.GetState()) + ", due " + plainDate(dueOn(t))})
		}
	}
	request := &remitv1.FormPackageRequest{}
	q, err := v.asking(request, l)
	a := act{
		Title: "Form a package", Send: "Form the package", Done: "package", Back: "/packages", BackText: "Back to packages",
		Intro:   []string{"Put transfers together that have one case. They can then be assessed and decided in one go."},
		request: request, give: call(v.ask.transfers.FormPackage), after: func(g given) string { return "/packages/" + g.ID },
		Groups: []group{{Fields: []ask{
			q.field("name", "Name of the package", ""), q.field("case", "Case for it", ""),
			q.field("members", "Transfers that belong to it", "").among(askChecks, members...).must("Choose at least one transfer"),
		}}},
	}
	if len(members) == 0 {
		a.Intro = append(a.Intro, "There is no transfer of the body that you act for which is proposed and not decided yet. Propose one first.")
	}
	return v.actOf(a, err)
}

// packageAct shows or takes a form about a package.
func (v *visit) packageAct() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	p, err := v.packageNow()
	if err != nil {
		return err
	}
	if len(p.GetMembers()) == 0 {
		return v.show(http.StatusNotFound, "not-found", nil)
	}
	var a act
	switch v.r.PathValue("act") {
	case "assess":
		a, err = v.assessPackage(p)
	case "decide":
		a, err = v.decidePackage(p, l)
	default:
		return v.show(http.StatusNotFound, "not-found", nil)
	}
	a.Done, a.Back, a.BackText = v.r.PathValue("act"), "/packages/"+p.GetPackageId(), "Back to "+p.GetName()
	a.Facts = []answer{{"Package", p.GetName()}, {"Transfers", plural(len(p.GetMembers()), "transfer", "transfers")}}
	return v.actOf(a, err)
}

func (v *visit) assessPackage(p *remitv1.Package) (act, error) {
	party := remitv1.Party(remitv1.Party_value["PARTY_"+strings.ToUpper(strings.TrimPrefix(v.chosen("party"), "PARTY_"))])
	first, err := v.transferNow(p.GetMembers()[0].GetTransferId())
	if err != nil {
		return act{}, err
	}
	if party == remitv1.Party_PARTY_UNSPECIFIED || len(first.GetDomains()) == 0 {
		return act{}, unknown("assessment")
	}
	a := act{
		Title: "Assess a package for the " + lowerFirst(word(party)), Send: "Record the assessment", give: call(v.ask.transfers.AssessPackage),
		Intro:   []string{"Each rating holds for every transfer of the package. Whoever assesses cannot take part in the decision."},
		request: &remitv1.AssessPackageRequest{PackageId: p.GetPackageId(), Party: party}, defaults: map[string]string{"party": party.String()},
		Groups: []group{{Fields: []ask{hidden("party")}}},
	}
	a.Groups = append(a.Groups, ratingGroups(first.GetDomains(), a.defaults)...)
	return a, nil
}

func (v *visit) decidePackage(p *remitv1.Package, l look) (act, error) {
	code := v.chosen("gateway")
	var gateway *remitv1.Gateway
	var members []option
	for _, m := range p.GetMembers() {
		for _, g := range m.GetGateways() {
			if g.GetCode() == code {
				gateway = g
				members = append(members, option{Value: m.GetTransferId(), Text: transferCell(l, m).Links[0].Text})
			}
		}
	}
	if gateway == nil {
		return act{}, unknown("gateway")
	}
	request := &remitv1.DecidePackageRequest{PackageId: p.GetPackageId(), Gateway: code, DecidedBy: gateway.GetDecider()}
	q, err := v.asking(request, l)
	exception := q.entry("exceptions")
	return act{
		Title: "Decide a package: " + lowerFirst(gatewayWords(code)), Send: "Record the decision", give: call(v.ask.transfers.DecidePackage),
		Intro: []string{"This is decided by the " + gateway.GetRole() + " of " + l.Body(gateway.GetDecider()) + ", for every transfer that is no exception."},
		Warn:  "A decision stays on the record. It can be followed by another, but not changed.", request: request,
		defaults: map[string]string{"gateway": code, "decidedOn": v.at.Today, "authority.meetingOn": v.at.Today, "authority.body": gateway.GetRole()},
		Groups: append(append([]group{{Fields: []ask{hidden("gateway")}}}, decisionGroups(nil)...), group{
			Title: "Exceptions", Text: "Transfers of the package that are decided otherwise.", List: "exceptions", Entry: "Exception",
			Fields: []ask{
				exception.field("transferId", "Transfer", "").among(askSelect, append([]option{{Text: "None"}}, members...)...),
				exception.field("decision", "What was decided", "Choose nothing where it is not decided with the others"), exception.field("rationale", "Why", ""),
			},
		}),
	}, err
}
