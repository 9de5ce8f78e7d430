package console

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// reorganisationPage shows what a reorganisation would do. Nothing is recorded.
type reorganisationPage struct {
	Form      form
	Look      look
	On        dateParts
	Fates     []option
	Announced []announcedReorganisation
	Asked     bool
	Accepted  bool
	Lines     []previewLine
	Matters   []*remitv1.DisposedMatter
	Refusals  []*remitv1.PreviewedViolation
	// SignIn says that only somebody who is signed in may ask.
	SignIn bool
}

// announcedReorganisation is one that was announced, with the address of its preview.
type announcedReorganisation struct {
	Plan    *remitv1.PlannedReorganisation
	Address string
}

// previewLine is what would change hands alike, of several functions.
type previewLine struct {
	From, To, Through link
	Undetermined      bool
	Functions         []link
	Entries           int
}

const (
	fateMoves        = "moves"
	fateCeases       = "ceases"
	fateUndetermined = "undetermined"
)

// reorganisation shows the form and what it would do.
func (v *visit) reorganisation() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	page := reorganisationPage{Form: newForm(v.r.URL.Query()), Look: l, Announced: l.announced(v.at)}
	page.Fates = []option{
		{Value: fateMoves, Text: "Moves to the body that follows"},
		{Value: fateUndetermined, Text: "Goes to somebody, but nobody knows to whom"},
		{Value: fateCeases, Text: "Nobody holds it any more"},
	}
	if page.Form.text("fate") == "" {
		page.Form.Values.Set("fate", fateMoves)
	}
	asked := page.Form.text("ends") != ""
	on := page.Form.date("date", "The date", asked)
	page.On = partsOf(on)
	if !asked {
		return v.show(http.StatusOK, "reorganisation", page)
	}
	plan := l.readPlan(&page.Form, on)
	if page.Form.bad() {
		return v.show(http.StatusBadRequest, "reorganisation", page)
	}
	answer, err := v.ask.organisations.PreviewReorganisation(v.ctx(), &remitv1.PreviewReorganisationRequest{
		Reorganisation: plan, Reason: page.Form.text("reason"),
	})
	if err != nil {
		page.Form.refused(err, nil)
		page.SignIn = refusalOf(err).Status == http.StatusUnauthorized
		return v.show(refusalOf(err).Status, "reorganisation", page)
	}
	page.Asked, page.Accepted, page.Refusals, page.Matters = true, answer.GetAccepted(), answer.GetViolations(), answer.GetMatters()
	v.at.Position = answer.GetPosition()
	page.Lines = l.previewLines(answer.GetChanges())
	return v.show(http.StatusOK, "reorganisation", page)
}

// readPlan reads the form: bodies that end, the one that follows them, and what becomes of what they hold.
func (l look) readPlan(f *form, on string) *remitv1.ReorganisationPlan {
	plan := &remitv1.ReorganisationPlan{EffectiveOn: on, Source: "a preview"}
	for _, text := range strings.FieldsFunc(f.text("ends"), func(r rune) bool { return r == '\n' || r == ';' || r == ',' }) {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		code, several := l.resolve(text, amongBodies)
		if code == "" {
			f.wrong("ends", "The register knows no one body called “"+text+"”"+among(several))
			continue
		}
		plan.Ends = append(plan.Ends, code)
	}
	fate := f.text("fate")
	if fate != fateMoves && fate != fateCeases && fate != fateUndetermined {
		f.wrong("fate", "Choose what becomes of what they hold")
	}
	code, name := strings.ToUpper(f.text("new-code")), f.text("new-name")
	follower := l.choose(f, "into", "body", amongBodies)
	switch {
	case follower != "" && code != "":
		f.wrong("into", "Name a body that exists, or a new one, and not both")
	case code != "" && name == "":
		f.wrong("new-name", "Enter the name of the new body")
	case code != "":
		follower = code
		plan.Establish = []*remitv1.NewBody{l.likeFirst(plan.GetEnds(), code, name)}
	}
	if follower == "" && fate == fateMoves && !f.bad() {
		f.wrong("into", "Name the body that follows, or choose what else becomes of what they hold")
	}
	l.dispose(plan, follower, fate)
	return plan
}

func among(several []string) string {
	if len(several) == 0 {
		return ""
	}
	return ": there are " + strings.Join(several[:min(len(several), 3)], ", ")
}

// likeFirst is a new body like the first of those that end.
func (l look) likeFirst(ends []string, code, name string) *remitv1.NewBody {
	body := &remitv1.NewBody{
		Code: code, Name: name, Tier: remitv1.Tier_TIER_ICB, Form: remitv1.Form_FORM_STATUTORY_BODY, LegalPerson: true,
	}
	if len(ends) > 0 {
		first := l.organisations[ends[0]]
		body.Tier, body.Form, body.LegalPerson = first.GetTier(), first.GetForm(), first.GetLegalPerson()
		body.LegalParent, body.Parent = first.GetLegalParent(), first.GetParent()
	}
	return body
}

// dispose says what becomes of what the bodies that end hold, cover and have open.
func (l look) dispose(plan *remitv1.ReorganisationPlan, follower, fate string) {
	disposition := map[string]remitv1.Disposition{
		fateMoves: remitv1.Disposition_DISPOSITION_MOVES, fateCeases: remitv1.Disposition_DISPOSITION_CEASES,
		fateUndetermined: remitv1.Disposition_DISPOSITION_UNDETERMINED,
	}[fate]
	kind := remitv1.SuccessionKind_SUCCESSION_KIND_ABSORB
	if len(plan.GetEstablish()) > 0 {
		kind = remitv1.SuccessionKind_SUCCESSION_KIND_MERGE
	}
	var covered []string
	to := ""
	if disposition == remitv1.Disposition_DISPOSITION_MOVES {
		to = follower
	}
	for _, code := range plan.GetEnds() {
		succession := &remitv1.Succession{Predecessor: code, Successor: follower, Kind: kind}
		if follower == "" {
			succession.Kind = remitv1.SuccessionKind_SUCCESSION_KIND_ABOLISH
		}
		plan.Successions = append(plan.Successions, succession)
		plan.Dispositions = append(plan.Dispositions, &remitv1.DispositionLine{From: code, To: to, Disposition: disposition})
		plan.Matters = append(plan.Matters, &remitv1.MatterLine{From: code, To: to, Disposition: disposition})
		covered = append(covered, l.organisations[code].GetFootprints()...)
		for _, member := range l.organisations[code].GetMembers() {
			if follower != "" {
				plan.Moves = append(plan.Moves, &remitv1.BodyMove{Code: member, Parent: follower})
			}
		}
	}
	if follower != "" && len(covered) > 0 {
		plan.Coverage = []*remitv1.Coverage{{Organisation: follower, Footprints: covered}}
	}
}

// announced are the reorganisations that were announced and have not happened.
func (l look) announced(at asAt) []announcedReorganisation {
	plans := map[string]*remitv1.PlannedReorganisation{}
	for _, o := range l.allOrganisations {
		for _, plan := range o.GetPlanned() {
			plans[plan.GetReorganisationId()] = plan
		}
	}
	var list []announcedReorganisation
	for _, id := range slices.Sorted(maps.Keys(plans)) {
		plan := plans[id]
		into := ""
		if len(plan.GetResults()) == 1 {
			into = plan.GetResults()[0]
		}
		list = append(list, announcedReorganisation{plan, at.To("/reorganisation",
			"ends", strings.Join(plan.GetOriginals(), ", "), "into", into, "date", plan.GetEffectiveOn(),
			"fate", map[bool]string{true: fateMoves, false: fateUndetermined}[into != ""])})
	}
	slices.SortStableFunc(list, func(a, b announcedReorganisation) int {
		return cmp.Compare(a.Plan.GetEffectiveOn(), b.Plan.GetEffectiveOn())
	})
	return list
}

// previewLines puts together what would change hands from one body to another.
func (l look) previewLines(changes []*remitv1.PreviewedChange) []previewLine {
	at := map[string]int{}
	var lines []previewLine
	for _, c := range changes {
		key := strings.Join([]string{c.GetTakenFrom(), c.GetHolder(), c.GetActingThrough()}, "\x00")
		if c.GetUndetermined() {
			key += "\x00?"
		}
		i, ok := at[key]
		if !ok {
			i = len(lines)
			at[key] = i
			lines = append(lines, previewLine{
				From: l.BodyLink(c.GetTakenFrom()), To: l.BodyLink(c.GetHolder()), Through: l.BodyLink(c.GetActingThrough()),
				Undetermined: c.GetUndetermined(),
			})
		}
		lines[i].Entries += len(c.GetFootprints())
		if function := l.FunctionLink(c.GetFunction()); !slices.Contains(lines[i].Functions, function) {
			lines[i].Functions = append(lines[i].Functions, function)
		}
	}
	return lines
}
