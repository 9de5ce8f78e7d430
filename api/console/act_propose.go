package console

import (
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// propose shows or takes the form that begins a transfer.
func (v *visit) propose() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	q, err := v.asking(&remitv1.ProposeTransferRequest{}, l)
	if err != nil {
		return err
	}
	a := act{
		Title: "Propose a transfer", Send: "Propose the transfer", Done: "propose", Back: "/transfers", BackText: "Back to transfers",
		Intro: []string{
			"A transfer moves part of the responsibility for one function from one body to another. It is proposed by the programme office of either, of their region, or of a national body.",
		},
		request: &remitv1.ProposeTransferRequest{}, give: call(v.ask.transfers.ProposeTransfer),
		after:  func(g given) string { return "/transfers/" + g.ID },
		Groups: []group{whatMoves(l, v.chosen("function")), legalRoute(q.instruments), retainedGroup()},
	}
	if id := v.chosen("plan"); id != "" {
		if err := v.fromPlan(&a, id); err != nil {
			return err
		}
	}
	a.Groups = append(a.Groups, q.termGroups("They may be given later, but the last gateway needs them.")...)
	return v.actOf(a, nil)
}

// fromPlan fills in what an announcement says, to propose what it announces, and asks for one of its options where it
// has some. Where it names several receivers, the reader chooses one.
func (v *visit) fromPlan(a *act, id string) error {
	t, err := v.transferNow(id)
	if err != nil {
		return err
	}
	a.from = &remitv1.ProposeTransferRequest{
		Function: t.GetFunction(), Sender: t.GetSender(), Receiver: t.GetReceiver(), Kind: t.GetKind(), Roles: t.GetRoles(),
		Instrument: t.GetInstrument(), EffectiveOn: t.GetEffectiveOn(), Rationale: t.GetRationale(), Part: t.GetPart(), Plan: id,
	}
	var options []option
	for _, o := range t.GetOptions() {
		options = append(options, option{Value: o.GetCode(), Text: o.GetDescription(), Hint: a.bodyHint(o.GetReceiver())})
	}
	if len(options) > 0 {
		a.Groups = append([]group{{Title: "The option that was chosen", Fields: []ask{
			{Kind: askRadios, Name: "option", Label: "Option", Options: options, Needed: "Choose the option"},
		}}}, a.Groups...)
	}
	return nil
}

// bodyHint names who would get it.
func (a *act) bodyHint(code string) string {
	if code == "" {
		return ""
	}
	return "To " + code
}

// instrumentOptions are the powers that may be relied on.
func (v *visit) instrumentOptions() ([]option, error) {
	options := []option{{Text: "None"}}
	for token := ""; ; {
		answer, err := v.ask.instruments.ListInstruments(v.ctx(), &remitv1.ListInstrumentsRequest{PageSize: 500, PageToken: token})
		if err != nil {
			return nil, err
		}
		for _, i := range answer.GetInstruments() {
			options = append(options, option{Value: i.GetCode(), Text: i.GetDetails().GetTitle()})
		}
		if token = answer.GetNextPageToken(); token == "" {
			return options, nil
		}
	}
}

func whatMoves(l look, function string) group {
	return group{Title: "What moves, and between whom", Fields: []ask{
		{Kind: askHidden, Name: "plan"},
		{
			Kind: askSelect, Name: "function", Label: "Function", Options: l.functionOptions(option{Text: "Choose a function"}),
			Needed: "Choose a function",
		},
		partField(l, function),
		{
			Kind: askChecks, Name: "roles", Label: "What moves", Needed: "Choose what moves",
			Options: choicesOf(func(r remitv1.Role) string { return sentence(roleMeans(r)) }, remitv1.Role_ROLE_ACCOUNTABLE,
				remitv1.Role_ROLE_EXERCISING, remitv1.Role_ROLE_DELIVERING, remitv1.Role_ROLE_OVERVIEW, remitv1.Role_ROLE_FUNDING),
		},
		{Kind: askBody, Name: "sender", Label: "From", Hint: "Name or code of the body that gives it away", Needed: "Enter the body that gives it away"},
		{Kind: askBody, Name: "receiver", Label: "To", Hint: "Name or code of the body that gets it", Needed: "Enter the body that gets it"},
		{
			Kind: askPlaces, Name: "footprints", Label: "Where (optional)",
			Hint: "Names or codes of places, one a line. Leave it empty for all that the sender covers.",
		},
		{Kind: askDate, Name: "effectiveOn", Label: "From which day", Hint: "For example, 1 4 2027", Needed: "Enter the day from which it is to hold"},
		{Kind: askArea, Name: "rationale", Label: "Why", Needed: "Say why it is to move"},
	}}
}

// partField asks for a part where the function that is chosen has some.
func partField(l look, function string) ask {
	options := []option{{Text: "The whole function"}}
	for _, p := range l.functions[function].GetParts() {
		options = append(options, option{Value: p.GetCode(), Text: p.GetName()})
	}
	if len(options) == 1 {
		return ask{Kind: askHidden, Name: "part"}
	}
	return ask{Kind: askSelect, Name: "part", Label: "Part of the function", Options: options}
}

func legalRoute(instruments []option) group {
	return group{Title: "How it moves in law", Fields: []ask{
		{
			Kind: askRadios, Name: "kind", Label: "Legal route", Needed: "Choose a legal route",
			Options: choicesOf(kindMeans, remitv1.TransferKind_TRANSFER_KIND_STATUTORY, remitv1.TransferKind_TRANSFER_KIND_DELEGATION,
				remitv1.TransferKind_TRANSFER_KIND_DIRECTION, remitv1.TransferKind_TRANSFER_KIND_JOINT_EXERCISE,
				remitv1.TransferKind_TRANSFER_KIND_POOLING, remitv1.TransferKind_TRANSFER_KIND_DELIVERY,
				remitv1.TransferKind_TRANSFER_KIND_ADMINISTRATIVE),
		},
		{Kind: askSelect, Name: "instrument", Label: "Power relied on", Hint: "The Act, order, direction or agreement", Options: instruments},
	}}
}

func kindMeans(k remitv1.TransferKind) string {
	switch k {
	case remitv1.TransferKind_TRANSFER_KIND_UNSPECIFIED, remitv1.TransferKind_TRANSFER_KIND_REORGANISATION:
	case remitv1.TransferKind_TRANSFER_KIND_STATUTORY:
		return "By Act, order or regulations: the duty itself moves"
	case remitv1.TransferKind_TRANSFER_KIND_DELEGATION:
		return "Under section 65Z5: who decides and does the work moves, the duty stays"
	case remitv1.TransferKind_TRANSFER_KIND_DIRECTION:
		return "Under section 13YB or 7A"
	case remitv1.TransferKind_TRANSFER_KIND_JOINT_EXERCISE:
		return "To a joint committee, under section 65Z5 or 65Z6"
	case remitv1.TransferKind_TRANSFER_KIND_POOLING:
		return "Money and work under section 75, with a host"
	case remitv1.TransferKind_TRANSFER_KIND_DELIVERY:
		return "By contract, hosting or shared service: only the work moves"
	case remitv1.TransferKind_TRANSFER_KIND_ADMINISTRATIVE:
		return "By decision of both bodies, where no statute confers the function"
	}
	return ""
}

func retainedGroup() group {
	return group{
		Title: "What stays behind", Text: "For example, an overview that the sender keeps.", List: "retained", Entry: "Retained aspect", Folded: false,
		Fields: []ask{
			{Kind: askSelect, Name: "role", Label: "What stays", Options: append([]option{{Text: "Nothing"}}, choicesOf(nil,
				remitv1.Role_ROLE_OVERVIEW, remitv1.Role_ROLE_ACCOUNTABLE, remitv1.Role_ROLE_EXERCISING, remitv1.Role_ROLE_DELIVERING,
				remitv1.Role_ROLE_FUNDING)...)},
			{Kind: askBody, Name: "holder", Label: "With whom", Hint: "Name or code of the body"},
			{Kind: askText, Name: "description", Label: "In a few words"},
		},
	}
}
