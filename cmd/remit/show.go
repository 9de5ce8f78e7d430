package main

import (
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

// summary lists codes, the first few when there are many.
func summary(codes []string, most int) string {
	if len(codes) <= most {
		return strings.Join(codes, " ")
	}
	return strings.Join(codes[:most], " ") + " … (" + plural(len(codes), "footprint") + ")"
}

// Items in a page of a list: the most that the register gives at once.
const listPage = 1000

// joinWords puts words into one cell.
func joinWords(words []string) string { return strings.Join(words, " ") }
