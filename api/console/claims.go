package console

import (
	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// claimRoutes are the pages and forms about claims, attestations and what waits for a second person.
func claimRoutes() map[string]func(*visit) error {
	routes := bothWays(map[string]func(*visit) error{
		"/claims/claim": (*visit).claim, "/claims/attest": (*visit).attest, "/second/{id}": (*visit).second,
	})
	routes["GET /claims"], routes["GET /second"] = (*visit).claims, (*visit).awaiting
	return routes
}

// claims lists what bodies say of themselves: what they hold or do not hold, and whether the register is right.
func (v *visit) claims() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	page := recordsPage{
		Title: "Claims and attestations", Empty: "No body has claimed or attested anything here.",
		Intro: "A body may say that it holds something, or that it does not, and whether the register is right about it. Where that differs from the map, the register says so under gaps; it does not change the map.",
		Acts:  []step{{Text: "Claim that a body holds something, or does not", Address: "/claims/claim"}, {Text: "Say whether the register is right", Address: "/claims/attest"}},
	}
	body := v.bodyFilter(&page, l, "Body")
	if page.Form.bad() {
		return v.records(page)
	}
	claims, err := v.claimTable(l, body)
	if err != nil {
		return err
	}
	attestations, err := v.attestationTable(l, body)
	if err != nil {
		return err
	}
	for _, table := range []recordsTable{claims, attestations} {
		if len(table.Rows) > 0 {
			page.Tables = append(page.Tables, table)
		}
	}
	return v.records(page)
}

func (v *visit) claimTable(l look, body string) (recordsTable, error) {
	table := recordsTable{ID: "claims", Caption: "Claims", Heads: []string{"Body", "Says", "Of", "Where", "From", "Because"}}
	return table, everyPage(func(token string) (*remitv1.ListClaimsResponse, error) {
		return v.ask.records.ListClaims(v.ctx(), &remitv1.ListClaimsRequest{
			Claimant: body, PageSize: 1000, PageToken: token, MinPosition: v.r.URL.Query().Get("min"),
		})
	}, func(answer *remitv1.ListClaimsResponse) {
		for _, c := range answer.GetClaims() {
			says := "It does not hold this"
			if c.GetHolds() {
				says = "It holds this"
			}
			of := linkCell(l.FunctionLink(c.GetFunction()))
			of.Text = wordsOf(c.GetRoles()) + ":"
			table.Rows = append(table.Rows, []recordsCell{
				bodyCell(l, c.GetClaimant()), textCell(says), of, textCell(placeNames(l, c.GetFootprints())), textCell(plainDate(c.GetEffectiveOn())),
				{Text: c.GetBasis() + "\n", Links: []link{l.EventLink(c.GetSourceEvent())}},
			})
		}
	})
}

func (v *visit) attestationTable(l look, body string) (recordsTable, error) {
	table := recordsTable{ID: "attestations", Caption: "Attestations", Heads: []string{"Body", "The register is", "As at", "Except for"}}
	return table, everyPage(func(token string) (*remitv1.ListAttestationsResponse, error) {
		return v.ask.records.ListAttestations(v.ctx(), &remitv1.ListAttestationsRequest{
			Organisation: body, PageSize: 1000, PageToken: token, MinPosition: v.r.URL.Query().Get("min"),
		})
	}, func(answer *remitv1.ListAttestationsResponse) {
		for _, a := range answer.GetAttestations() {
			right := recordsCell{Tag: "Not right", Tone: "orange"}
			if a.GetAgrees() {
				right = recordsCell{Tag: "Right", Tone: "green"}
			}
			table.Rows = append(table.Rows, []recordsCell{
				bodyCell(l, a.GetOrganisation()), right,
				{Text: plainDate(a.GetEffectiveOn()) + ", up to", Links: []link{l.EventLink(a.GetAttestedPosition())}},
				textCell(a.GetExceptions()),
			})
		}
	})
}

// claim shows or takes the form in which a body says that it holds something, or does not.
func (v *visit) claim() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	request := &remitv1.ClaimRemitRequest{}
	q, err := v.asking(request, l)
	return v.actOf(act{
		Title: "Claim that a body holds something, or does not", Send: "Record the claim", Done: "claim", Back: "/claims", BackText: "Back to claims",
		Intro:   []string{"This is for the programme office or the board of the body. A claim changes nothing on the map: where it differs, the register says so."},
		request: request, give: call(v.ask.records.ClaimRemit),
		defaults: map[string]string{"claimant": string(v.actor.Organisation), "effectiveOn": v.at.Today},
		Groups: []group{{Fields: []ask{
			q.field("claimant", "Body", "Name or code"), q.field("holds", "What it says", "").yesNo("It holds this", "It does not hold this"),
			q.field("function", "Function", ""), v.partOf(l, "part", v.chosen("function")), q.field("roles", "What of it", ""),
			q.field("footprints", "Where", "Names or codes of places, one a line. Leave it empty for all that the body covers."),
			q.field("effectiveOn", "Day from which it is so", ""), q.field("basis", "Why it says so", ""), q.whyPast(),
		}}},
	}, err)
}

// attest shows or takes the form in which a body says whether the register is right about it.
func (v *visit) attest() error {
	l, err := v.look()
	if err != nil {
		return err
	}
	request := &remitv1.AttestRemitRequest{}
	q, err := v.asking(request, l)
	return v.actOf(act{
		Title: "Say whether the register is right", Send: "Record it", Done: "attest", Back: "/claims", BackText: "Back to claims",
		Intro:   []string{"This is for the programme office or the board of the body. Look at what the register says that it holds first."},
		request: request, give: call(v.ask.records.AttestRemit),
		defaults: map[string]string{"organisation": string(v.actor.Organisation), "effectiveOn": v.at.Today},
		Groups: []group{{Fields: []ask{
			q.field("organisation", "Body", "Name or code"), q.field("effectiveOn", "Day as at which you looked", ""),
			q.field("agrees", "What the register says of it", "").yesNo("It is right", "It is not right"), q.field("exceptions", "Where it is wrong", ""),
		}}},
	}, err)
}
