package main

import (
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// instantText is an instant in UTC as RFC 3339 to the second, "" for none.
func instantText(t *timestamppb.Timestamp) string {
	if t == nil {
		return ""
	}
	return t.AsTime().UTC().Format(time.RFC3339)
}

// sayAsOf tells people at which point on both clocks they look.
func (a *app) sayAsOf(at *remitv1.ResolvedAsOf) {
	if a.format == formatTable {
		a.say("On %s, as known after event %s.", at.GetEffectiveOn(), at.GetKnownPosition())
	}
}

// sayBetween tells between which points an answer lies.
func (a *app) sayBetween(from, to *remitv1.ResolvedAsOf) {
	if a.format == formatTable {
		a.say("From %s, as known after event %s, to %s, as known after event %s.", from.GetEffectiveOn(), from.GetKnownPosition(),
			to.GetEffectiveOn(), to.GetKnownPosition())
	}
}

// holderText names the holder of a remit for people.
func holderText(h *remitv1.Holding) string {
	if h.GetUndetermined() {
		return "(undetermined)"
	}
	return h.GetHolder()
}

// holdersText names several holders, with those that act for them.
func holdersText(holdings []*remitv1.Holding) string {
	texts := make([]string, 0, len(holdings))
	for _, h := range holdings {
		text := holderText(h)
		if h.GetActingThrough() != "" {
			text += " through " + h.GetActingThrough()
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, ", ")
}

// beforeAndAfter names the holders before and after a change; where they are the same, with what is not.
func beforeAndAfter(before, after []*remitv1.Holding) (was, is string) {
	was, is = holdersText(before), holdersText(after)
	particulars := []struct {
		name string
		of   func(*remitv1.Holding) string
	}{
		{"since", (*remitv1.Holding).GetFrom},
		{"until", (*remitv1.Holding).GetTo},
		{"answering to", (*remitv1.Holding).GetAccountableTo},
		{"held through", (*remitv1.Holding).GetHeldThrough},
		{"under", (*remitv1.Holding).GetInstrument},
		{"arrangement", (*remitv1.Holding).GetArrangementId},
		{"date", func(h *remitv1.Holding) string { return word(h.GetConfidence()) }},
		{"source", (*remitv1.Holding).GetSource},
		{"by event", (*remitv1.Holding).GetSourceEvent},
	}
	for _, p := range particulars {
		if was != is || len(before) == 0 {
			break
		}
		all := func(holdings []*remitv1.Holding) string {
			texts := make([]string, 0, len(holdings))
			for _, h := range holdings {
				texts = append(texts, holdersText([]*remitv1.Holding{h})+" "+p.name+" "+firstOf(p.of(h), "(none)"))
			}
			return strings.Join(texts, ", ")
		}
		if x, y := all(before), all(after); x != y {
			was, is = x, y
		}
	}
	return was, is
}

// changed returns the two cells of a change.
func changed[T any](before, after func(T) []*remitv1.Holding) (was, is func(T) string) {
	was = func(c T) string { text, _ := beforeAndAfter(before(c), after(c)); return text }
	is = func(c T) string { _, text := beforeAndAfter(before(c), after(c)); return text }
	return was, is
}

// holdingColumns are those of a list of holdings. People read the holder and, where names are given, its name; programs
// the code and whether there is one.
func (a *app) holdingColumns(names map[string]string) []column[*remitv1.Holding] {
	type columns = []column[*remitv1.Holding]
	all := columns{
		{"function", func(h *remitv1.Holding) string { return subjectText(h.GetFunction(), h.GetPart()) }},
		{"footprint", (*remitv1.Holding).GetFootprint},
		{"role", func(h *remitv1.Holding) string { return word(h.GetRole()) }},
	}
	switch {
	case a.format != formatTable:
		all = append(all, columns{
			{"holder", (*remitv1.Holding).GetHolder},
			{"undetermined", func(h *remitv1.Holding) string { return yes(h.GetUndetermined()) }},
		}...)
	case names != nil:
		all = append(all, columns{
			{"holder", holderText},
			{"name", func(h *remitv1.Holding) string { return names[h.GetHolder()] }},
		}...)
	default:
		all = append(all, columns{{"holder", holderText}}...)
	}
	same := column[*remitv1.Holding]{"same legal person", func(h *remitv1.Holding) string { return yes(h.GetSameLegalPerson()) }}
	if a.format == formatTable {
		same = column[*remitv1.Holding]{"note", func(h *remitv1.Holding) string {
			return unless(!h.GetSameLegalPerson(), "same legal person as the accountable body")
		}}
	}
	return append(all, columns{
		{"acting through", (*remitv1.Holding).GetActingThrough},
		{"from", (*remitv1.Holding).GetFrom},
		{"to", (*remitv1.Holding).GetTo},
		{"instrument", (*remitv1.Holding).GetInstrument},
		{"confidence", func(h *remitv1.Holding) string { return word(h.GetConfidence()) }},
		{"event", (*remitv1.Holding).GetSourceEvent},
		same,
	}...)
}

// yes is how a column says that something is so: "" when it is not.
func yes(so bool) string {
	if so {
		return "yes"
	}
	return ""
}

func plannedColumns() []column[*remitv1.PlannedMove] {
	return []column[*remitv1.PlannedMove]{
		{"transfer", (*remitv1.PlannedMove).GetTransferId},
		{"state", func(p *remitv1.PlannedMove) string { return word(p.GetState()) }},
		{"on", (*remitv1.PlannedMove).GetEffectiveOn},
		{"route", func(p *remitv1.PlannedMove) string { return word(p.GetKind()) }},
		{"roles", func(p *remitv1.PlannedMove) string { return wordsOf(p.GetRoles()) }},
		{"from", (*remitv1.PlannedMove).GetSender},
		{"to", (*remitv1.PlannedMove).GetReceiver},
		{"in", func(p *remitv1.PlannedMove) string { return summary(p.GetFootprints(), 4) }},
		{"instrument", (*remitv1.PlannedMove).GetInstrument},
		{"confidence", func(p *remitv1.PlannedMove) string { return word(p.GetConfidence()) }},
	}
}

// summary lists codes of footprints, the first few when there are many.
func summary(codes []string, most int) string { return summaryOf(codes, most, "footprints") }

// summaryOf lists the first few of some things.
func summaryOf(codes []string, most int, things string) string {
	if len(codes) <= most {
		return strings.Join(codes, " ")
	}
	return fmt.Sprintf("%s … (%d %s)", strings.Join(codes[:most], " "), len(codes), things)
}

// Items in a page of a list: the most that the register gives at once.
const listPage = 1000

// joinWords puts words into one cell.
func joinWords(words []string) string { return strings.Join(words, " ") }
