package domain

import (
	"cmp"
	"fmt"
	"slices"
)

// PackageFormed says that transfers are taken together: one case, one decision, exceptions by member.
type PackageFormed struct {
	ID      string
	Name    string
	Case    Text
	Members []TransferID
}

// FactType is the fact's name.
func (PackageFormed) FactType() string { return "PackageFormed" }

// Entity is the package.
func (f PackageFormed) Entity() string { return "package/" + f.ID }

// Effective is from its recording.
func (PackageFormed) Effective() Date { return 0 }

// Package is a set of transfers decided together.
type Package struct {
	PackageFormed
	Event EventNo
	// Person formed it, and so made the case for its members.
	Person string
}

// Packages is the register of packages.
type Packages struct {
	byID table[string, Package]
}

// NewPackages returns an empty register of packages.
func NewPackages() *Packages {
	p := &Packages{}
	p.init(nil)
	return p
}

func (p *Packages) init(undo *undoLog) { p.byID.init(undo) }

// Apply folds an event and tells whether it formed a package.
func (p *Packages) Apply(e *Event) bool {
	f, ok := e.Fact.(PackageFormed)
	if ok {
		p.byID.set(f.ID, Package{f, e.No, e.Actor.Person()})
	}
	return ok
}

// Get returns a package as known.
func (p *Packages) Get(id string, known EventNo) (Package, bool) {
	x, ok := p.byID.m[id]
	return x, ok && x.Event <= known
}

// All returns the packages known at known, by id: in the order of forming.
func (p *Packages) All(known EventNo) []Package {
	var all []Package
	for id := range p.byID.keys() {
		if x, ok := p.Get(id, known); ok {
			all = append(all, x)
		}
	}
	slices.SortFunc(all, func(a, b Package) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// Of returns the packages that a transfer belongs to, as known.
func (p *Packages) Of(id TransferID, known EventNo) []Package {
	return slices.DeleteFunc(p.All(known), func(x Package) bool { return !slices.Contains(x.Members, id) })
}

// FormPackage takes transfers of one sender together.
type FormPackage struct {
	Name    string       `json:"name,omitempty"`
	Case    Text         `json:"case"`
	Members []TransferID `json:"members,omitempty"`
}

// PackageException is a member that is not decided with the rest.
type PackageException struct {
	TransferID TransferID `json:"transferId,omitempty"`
	// Decision left out: the member is left undecided.
	Decision  GatewayDecision `json:"decision,omitempty"`
	Rationale Text            `json:"rationale"`
}

// AssessPackage records one assessment for every member, by the party that all have in common.
type AssessPackage struct {
	PackageID string         `json:"packageId,omitempty"`
	Party     Party          `json:"party,omitempty"`
	Ratings   []DomainRating `json:"ratings,omitempty"`
}

// DecidePackage decides a gateway of all members at once, apart from the exceptions. All must be decided by one body.
type DecidePackage struct {
	PackageID  string             `json:"packageId,omitempty"`
	Gateway    GatewayCode        `json:"gateway,omitempty"`
	Decision   GatewayDecision    `json:"decision,omitempty"`
	DecidedBy  OrganisationCode   `json:"decidedBy,omitempty"`
	DecidedOn  Date               `json:"decidedOn,omitempty"`
	Rationale  Text               `json:"rationale"`
	Authority  Authority          `json:"authority"`
	Opinions   []Opinion          `json:"opinions,omitempty"`
	Conditions []Condition        `json:"conditions,omitempty"`
	Statements []string           `json:"statements,omitempty"`
	Exceptions []PackageException `json:"exceptions,omitempty"`
}

// Method is the command's name.
func (FormPackage) Method() string { return "FormPackage" }

// Method is the command's name.
func (AssessPackage) Method() string { return "AssessPackage" }

// Method is the command's name.
func (DecidePackage) Method() string { return "DecidePackage" }

func (c FormPackage) involved(d *decision) (involved, *Refusal) {
	if len(c.Members) == 0 {
		return nobody(), nil
	}
	return d.parties(c.Members[0])
}

func (c AssessPackage) involved(d *decision) (involved, *Refusal) {
	p, refusal := d.packageOf(c.PackageID)
	if refusal != nil {
		return involved{}, refusal
	}
	return AssessReadiness{TransferID: p.Members[0], Party: c.Party}.involved(d)
}

func (c DecidePackage) involved(d *decision) (involved, *Refusal) {
	p, refusal := d.packageOf(c.PackageID)
	if refusal != nil {
		return involved{}, refusal
	}
	return DecideGateway{TransferID: p.Members[0], Gateway: c.Gateway}.involved(d)
}

func (d *decision) packageOf(id string) (Package, *Refusal) {
	p, ok := d.s.Packages.Get(id, Latest)
	if !ok {
		return p, Refuse(UnknownPackage, fmt.Sprintf("There is no package with the id %q.", id),
			"List the events of type PackageFormed to find its id.", "package", id)
	}
	return p, nil
}

// decide forms a package of live transfers, each in one package only.
func (c FormPackage) decide(d *decision) {
	const fewest = 2
	if c.Name == "" {
		d.invalid("name", "A package needs a name.")
	}
	if len(distinct(c.Members)) < fewest || len(distinct(c.Members)) != len(c.Members) {
		d.invalid("members", "A package needs two transfers or more, each named once.")
	}
	sender := OrganisationCode("")
	for i, id := range c.Members {
		if t, known := d.s.Transfers.Get(id, Latest); i == 0 && known {
			sender = t.Sender
		}
		if _, ok := d.live(id, StateProposed, StateAssessing); !ok {
			continue
		}
		if t, _ := d.s.Transfers.Get(id, Latest); t.Sender != sender {
			d.invalid("members", "The members of a package have one sender.")
		}
		if others := d.s.Packages.Of(id, Latest); len(others) > 0 {
			d.refuse(WrongState, fmt.Sprintf("Transfer %s is in package %s already.", id, others[0].ID),
				"Leave it out.", "transfer", string(id), "package", others[0].ID)
		}
	}
	if d.ok() {
		d.emit(PackageFormed{ID: d.meta.ID, Name: c.Name, Case: c.Case, Members: c.Members})
	}
}

// decide assesses every member that is still to be decided.
func (c AssessPackage) decide(d *decision) {
	p, _ := d.packageOf(c.PackageID)
	body := OrganisationCode("")
	for _, id := range p.Members {
		t, _ := d.s.Transfers.Get(id, Latest)
		if body == "" {
			body = t.party(c.Party)
		}
		if t.party(c.Party) != body {
			d.invalid("party", fmt.Sprintf("The members have different bodies as %s: each assesses for itself, its own transfer.", c.Party))
			return
		}
		if t.State == StateProposed || t.State == StateAssessing {
			AssessReadiness{TransferID: id, Party: c.Party, Ratings: c.Ratings}.decide(d)
		}
	}
	d.saysSomething(p)
}

// saysSomething refuses when no member of a package is left to be assessed or decided.
func (d *decision) saysSomething(p Package) {
	if d.ok() && len(d.facts) == 0 {
		d.refuse(WrongState, "No member of the package is still to be decided.", "Show the members to see where they stand.",
			"package", p.ID)
	}
}

// decide decides the gateway for every member, as if each were decided by itself; members that are finished are left.
func (c DecidePackage) decide(d *decision) {
	p, _ := d.packageOf(c.PackageID)
	for _, e := range c.Exceptions {
		if !slices.Contains(p.Members, e.TransferID) {
			d.invalid("exceptions", fmt.Sprintf("%s is no member of the package.", e.TransferID))
		}
	}
	for _, id := range p.Members {
		t, _ := d.s.Transfers.Get(id, Latest)
		if t.State == StateProposed || t.State == StateAssessing {
			c.decideMember(d, id)
		}
	}
	for i, fact := range d.facts {
		if decided, ok := fact.(GatewayDecided); ok {
			decided.Package = p.ID
			d.facts[i] = decided
		}
	}
	d.saysSomething(p)
}

func (c DecidePackage) decideMember(d *decision, id TransferID) {
	decision := DecideGateway{
		TransferID: id, Gateway: c.Gateway, Decision: c.Decision, DecidedBy: c.DecidedBy, DecidedOn: c.DecidedOn,
		Rationale: c.Rationale, Authority: c.Authority, Opinions: c.Opinions, Conditions: c.Conditions,
		Statements: c.Statements,
	}
	i := slices.IndexFunc(c.Exceptions, func(e PackageException) bool { return e.TransferID == id })
	if i >= 0 {
		if c.Exceptions[i].Decision == "" {
			return
		}
		decision.Decision, decision.Rationale, decision.Conditions = c.Exceptions[i].Decision, c.Exceptions[i].Rationale, nil
	}
	if _, _, refusal := d.gateway(id, c.Gateway); refusal != nil {
		d.add(refusal)
		return
	}
	decision.decide(d)
}
