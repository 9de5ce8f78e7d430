package console

import (
	"google.golang.org/protobuf/proto"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// planFields ask for what an announcement says; prefix is the path of the message that holds it.
func (v *visit) planGroups(q asker, prefix string) []group {
	move := q.entry(prefix + "moves")
	return []group{
		{Title: "What is announced", Fields: []ask{
			q.field(prefix+"function", "Function", ""), v.partOf(q.look, prefix+"part", v.chosen(prefix+"function")), q.field(prefix+"roles", "What moves", ""),
			q.field(prefix+"sender", "From", "Name or code of the body that gives it away").must("Enter the body that gives it away"),
			q.field(prefix+"effectiveOn", "Day from which it is to hold", "For example, 1 4 2027"),
			q.field(prefix+"confidence", "How sure the day is", ""),
		}},
		{Title: "Who gets it", List: prefix + "moves", Entry: "Receiver", Fields: []ask{
			move.field("receiver", "Body", "Name or code of the body that gets it"),
			move.field("footprints", "Where", "Names or codes of places, one a line. Leave it empty for all that the sender covers."),
		}},
		{Title: "How, and who says so", Fields: []ask{
			q.field(prefix+"kind", "Legal route", ""), q.field(prefix+"instrument", "Power relied on", "The Act, order, direction or agreement"),
			q.field(prefix+"rationale", "Why", ""), q.field(prefix+"source", "Source", "Where it was announced: a document and its address").as(askText),
		}},
	}
}

// partOf asks for a part of a function under a name of its own.
func (v *visit) partOf(l look, name, function string) ask {
	field := partField(l, function)
	field.Name = name
	return field
}

// plan shows or takes the form that records an announcement.
func (v *visit) plan() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	request := &remitv1.PlanTransferRequest{}
	q, err := v.asking(request, l)
	return v.actOf(act{
		Title: "Record an announcement", Send: "Record the announcement", Done: "plan", Back: "/transfers", BackText: "Back to transfers",
		Intro: []string{
			"An announcement says that a transfer is coming. It is planned, and nothing moves by it: a proposal has to follow.",
			"It is recorded by the programme office of either body, of their region, or of a national body.",
		},
		request: request, give: call(v.ask.transfers.PlanTransfer), after: func(g given) string { return "/transfers/" + g.ID },
		Groups: v.planGroups(q, ""),
	}, err)
}

// replaceAct puts another announcement in the place of one.
func (v *visit) replaceAct(t *remitv1.Transfer, l look) (act, error) {
	request := &remitv1.ReplacePlanRequest{TransferId: t.GetTransferId(), Replacement: &remitv1.TransferPlan{}}
	q, err := v.asking(request, l)
	if err != nil {
		return act{}, err
	}
	moves := t.GetMoves()
	if len(moves) == 0 && t.GetReceiver() != "" {
		moves = []*remitv1.Move{{Receiver: t.GetReceiver(), Footprints: t.GetFootprints()}}
	}
	from := &remitv1.ReplacePlanRequest{Replacement: &remitv1.TransferPlan{
		Kind: t.GetKind(), Function: t.GetFunction(), Part: t.GetPart(), Sender: t.GetSender(), Moves: moves, Roles: t.GetRoles(),
		Instrument: t.GetInstrument(), EffectiveOn: t.GetEffectiveOn(), Rationale: t.GetRationale(), Confidence: t.GetConfidence(), Source: t.GetSource(),
	}}
	a := act{
		Title: "Replace " + titleOfTransfer(l, t), Send: "Record the new announcement", give: call(v.ask.transfers.ReplacePlan), revision: t.GetRevision(),
		Intro: []string{"The announcement was put off or changed. What was announced before stays visible, as replaced."},
		from:  from, request: request, after: func(g given) string { return "/transfers/" + g.ID },
		Groups: append(v.planGroups(q, "replacement."), group{Fields: []ask{q.field("reason", "Why it is replaced", "")}}),
	}
	if len(moves) > maxEntries { // more than a form can show: they stay as they are
		request.Replacement = &remitv1.TransferPlan{Moves: moves}
		from.Replacement, _ = proto.Clone(from.GetReplacement()).(*remitv1.TransferPlan)
		from.Replacement.Moves = nil
		a.Groups = append(a.Groups[:1], a.Groups[2:]...)
		a.Intro = append(a.Intro, "Who gets it stays as it is: "+plural(len(moves), "body", "bodies")+" are more than this form can show.")
	}
	return a, nil
}

// explore shows or takes the form that looks for somebody to take a function.
func (v *visit) explore() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	request := &remitv1.ExploreTransferRequest{}
	q, err := v.asking(request, l)
	if err != nil {
		return err
	}
	o := q.entry("options")
	return v.actOf(act{
		Title: "Explore who could take a function", Send: "Record the options", Done: "explore", Back: "/transfers", BackText: "Back to transfers",
		Intro: []string{
			"For a function that has to move, and nobody is named to receive it: record what is possible. A proposal chooses one of the options.",
			"It is recorded by the programme office of the body that gives the function away, of its region, or of a national body.",
		},
		request: request, give: call(v.ask.transfers.ExploreTransfer), after: func(g given) string { return "/transfers/" + g.ID },
		Groups: []group{
			{Title: "What is to move", Fields: []ask{
				q.field("function", "Function", ""), v.partOf(l, "part", v.chosen("function")), q.field("roles", "What moves", ""),
				q.field("sender", "From", "Name or code of the body that gives it away").must("Enter the body that gives it away"),
				q.field("footprints", "Where", "Names or codes of places, one a line. Leave it empty for all that the sender covers."),
				q.field("effectiveOn", "Day from which it is to hold", "For example, 1 4 2027"), q.field("kind", "Legal route", ""), q.field("rationale", "Why", ""),
			}},
			{Title: "What is possible", List: "options", Entry: "Option", Fields: []ask{
				o.field("code", "Short name of the option", "Small letters, digits and _, for example a or with_the_region").wide("20"),
				o.field("receiver", "Who would get it", "Name or code of the body; leave it empty where it is not known"),
				o.field("description", "What it would mean", "").must("Say what it would mean"),
			}},
		},
	}, nil)
}
