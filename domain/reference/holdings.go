package reference

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-register/remit/domain"
)

// share is a body that a rule means, and the code of that for which it means it: "ENG", the body itself for all that
// it covers, or one body's own operation.
type share struct {
	Body domain.OrganisationCode
	Of   domain.FootprintCode
}

// shares returns whom a rule means for a function on a date.
func (b *builder) shares(r rule, function domain.FunctionCode, on domain.Date) []share {
	var bodies []domain.OrganisationCode
	switch r.word() {
	case ruleEveryICB, ruleCoveringICB, ruleMemberICB:
		bodies = b.openBodies(domain.TierICB, on)
	case ruleICBsIn:
		bodies = slices.DeleteFunc(b.openBodies(domain.TierICB, on), func(icb domain.OrganisationCode) bool {
			return !slices.Contains(r.codes(), b.regionOf(icb, on))
		})
	case ruleRegion:
		bodies = b.openBodies(domain.TierRegional, on)
	case ruleSelf:
		for _, tier := range b.function(function).OwnOperationOf {
			bodies = append(bodies, b.openBodies(tier, on)...)
		}
	case ruleUndetermined:
		return []share{{Of: domain.England}}
	default:
		return []share{{Body: domain.OrganisationCode(r), Of: domain.England}}
	}
	shares := make([]share, 0, len(bodies))
	for _, body := range bodies {
		shares = append(shares, share{Body: body, Of: domain.FootprintCode(body)})
	}
	return shares
}

// forBody returns whom a rule means for one body's own operation on a date.
func (b *builder) forBody(r rule, body domain.OrganisationCode, on domain.Date) domain.OrganisationCode {
	switch r.word() {
	case ruleSelf:
		return body
	case ruleMemberICB:
		return b.parentOf(body, on)
	case ruleRegion:
		return b.regionOf(body, on)
	default:
		return domain.OrganisationCode(r)
	}
}

// addBaseline adds who held what when the record began, then the same for the own operations of bodies that opened
// later: they start with what was in force for their like on the day.
func (b *builder) addBaseline() {
	for _, a := range b.baseline {
		for _, s := range b.shares(a.Holder, a.Function, a.From) {
			b.allocate(a, s)
		}
	}
	for _, o := range b.organisations {
		for _, a := range b.baseline {
			if o.From <= a.From || !slices.Contains(b.function(a.Function).OwnOperationOf, o.Tier) {
				continue
			}
			for _, current := range b.inForce(a, o.From) {
				b.allocate(current, share{Body: b.forBody(current.Holder, o.Code, o.From), Of: domain.FootprintCode(o.Code)})
			}
		}
	}
}

func (b *builder) allocate(a allocation, s share) {
	b.add(a.From, domain.AllocateFunction{
		Function: a.Function, Holder: s.Body, Footprints: []domain.FootprintCode{s.Of}, Roles: a.Roles, EffectiveOn: a.From,
		Instrument: a.Instrument, Confidence: a.Confidence, Source: a.Source,
	}, fmt.Sprintf("allocate %s %s %s for %s", a.Function, joined(a.Roles), s.Body, s.Of))
}

// inForce returns a row of the baseline as history had changed it by a date: what is left of it, then what changed.
func (b *builder) inForce(a allocation, on domain.Date) []allocation {
	var changed []allocation
	left := a
	left.From = on
	for _, o := range slices.Backward(b.history) {
		if o.Function != a.Function || o.On > on {
			continue
		}
		isMoved := func(role domain.Role) bool { return slices.Contains(o.Roles, role) }
		isKept := func(role domain.Role) bool { return !isMoved(role) }
		moved := slices.DeleteFunc(slices.Clone(left.Roles), isKept)
		if len(moved) == 0 {
			continue
		}
		left.Roles = slices.DeleteFunc(slices.Clone(left.Roles), isMoved)
		changed = append(changed, allocation{
			Function: a.Function, Roles: moved, Holder: o.Holder, From: on, Instrument: o.Instrument,
			Confidence: o.Confidence, Source: o.Source,
		})
	}
	if len(left.Roles) > 0 {
		changed = append([]allocation{left}, changed...)
	}
	return changed
}

// addHistory adds the changes of holders that happened since, one occurrence for each body that gets something, or
// that gives it to its region.
func (b *builder) addHistory() {
	for _, o := range b.history {
		if o.Holder == ruleRegion {
			for _, s := range b.shares(o.Before, o.Function, o.On) {
				b.occur(o, s.Body, share{Body: b.regionOf(s.Body, o.On), Of: s.Of})
			}
			continue
		}
		for _, s := range b.shares(o.Holder, o.Function, o.On) {
			b.occur(o, domain.OrganisationCode(o.Before), s)
		}
	}
}

func (b *builder) occur(o occurrence, from domain.OrganisationCode, s share) {
	b.add(o.On, domain.RecordOccurrence{
		Kind: o.Kind, Function: o.Function, From: from, To: s.Body, Undetermined: s.Body == "",
		Footprints: []domain.FootprintCode{s.Of}, Roles: o.Roles, EffectiveOn: o.On, Instrument: o.Instrument,
		Confidence: o.Confidence, Source: o.Source,
	}, fmt.Sprintf("record %s of %s %s from %s for %s", o.Kind, o.Function, joined(o.Roles), from, s.Of))
}

// addPlans adds the announcements, in the order of the files: a plan comes after the one that it replaces.
func (b *builder) addPlans() {
	recorded := map[string]string{}
	for _, p := range b.plans {
		recorded[p.ID] = b.announce(p, recorded[p.Replaces])
	}
	for _, p := range b.planned {
		b.plan(p.Plan.EffectiveOn, p.Plan, "plan reorganisation "+p.ID, "")
	}
}

// announce adds a plan, which takes the place of the one made by the step replaces unless that is "".
func (b *builder) announce(p plannedTransfer, replaces string) string {
	command := domain.PlanTransfer{
		Kind: p.Kind, Function: p.Function, Sender: p.Sender, Roles: p.Roles, Instrument: p.Instrument, EffectiveOn: p.For,
		Confidence: p.Confidence, Source: p.Source,
	}
	for _, s := range b.shares(p.Receivers, p.Function, p.For) {
		command.Moves = append(command.Moves, domain.Move{Receiver: s.Body, Footprints: []domain.FootprintCode{s.Of}})
	}
	key := fmt.Sprintf("plan %s of %s %s", p.ID, p.Function, joined(p.Roles))
	if replaces == "" {
		return b.plan(p.For, command, key, "")
	}
	return b.plan(p.For, domain.ReplacePlan{Replacement: command}, key, replaces)
}

func joined(roles []domain.Role) string {
	texts := make([]string, 0, len(roles))
	for _, role := range roles {
		texts = append(texts, string(role))
	}
	return strings.Join(texts, ",")
}
