// Package domain holds the rules of the register: who does what in England's NHS, on two clocks.
//
// It is pure: no goroutine, no clock, no input or output, only the standard library. A command is decided against the
// State and gives facts (Decide); an event is folded into the State (Apply). The driver around it gives numbers and
// times to events and puts them on disk. Any history replays to the same state.
//
// # Where things are
//
// One file for each noun: organisation.go, function.go, instrument.go, holding.go, transfer.go, delegation.go hold what
// the register knows, and how an event changes it. event.go is the envelope, fact.go and fact_transfer.go what can be
// recorded, command.go and command_transfer.go what can be asked for, refusal.go what can be answered instead.
// timeline.go is the two clocks.
//
// # Where each rule is
//
//   - one holder per sole remit (invariant 1): notHeldYet in allocation.go for baselines; changesFor in handover.go for
//     everything that moves
//   - holders are legal persons open on the date, and bodies act through others (2): holder in handover.go
//   - which route may move which roles (3), and what a power may carry (4): route.go
//   - gateways govern decisions, everything missing is listed at once (5): completion.go; occurrences record what
//     happened all the same: occurrence.go
//   - at most one approved transfer per remit (6): checkOverlap in gateway.go
//   - who proposed, assessed or made a package's case does not decide, nor waive what was decided; who evidenced does not
//     discharge (7): checkDuties in gateway.go, DischargeCondition and WaiveCondition in completion.go
//   - bodies are independent as persons in law (7): gatewaysFor in framework.go marks gateways that are not, checkOpinions
//     in gateway.go wants an opinion of somebody apart from the parties there
//   - a body that ends leaves nothing behind (8): disposition.go
//   - assessments older than an amendment, or on evidence that expired, do not count (9): checkAssessed in gateway.go
//   - who may give which command: rights.go; what waits for a second person (10): second.go
//   - what a function map says beside the register, and that all of it counts or nothing: import.go, import_weigh.go
//   - what of personal data may be erased, and who may learn a name behind a pseudonym: erasure.go
//   - what becomes of open matters when a body ends (8): matter.go; corrections against other facts: correction.go
//   - whoever covers a footprint is open: standing.go; what a transfer starts from and results in: transfer_remits.go
//   - dates to come and late facts: takesEffect in decide.go, checkLaterFacts in later.go
//   - which gateways a transfer has, and who decides them: framework.go
//   - what a restored register says of itself: epoch.go
//
// # What never changes
//
// A body keeps its tier, its form, whether it is a legal person, and the members and host of a joint body, from its
// establishment: no command changes them, and a code is not used again after its body ended, so they need no dates and
// answer the same on both clocks. A body that becomes something else in law ends, and another one with a code of its own
// follows it. Names, parents, legal parents, whether it is open, and coverage are dated and can be corrected.
//
// A person is a subject at a body, as events name their actors. Nothing here knows that two subjects are one human being,
// or that somebody who acts for two bodies is the same: subjects are pseudonyms, drawn anew for each body.
package domain
