// Package projections answers the register's questions: who holds what, what changed, what is planned, on any date as
// known at any time.
//
// Views is fed with committed transactions in order, by Run from a Source or by Apply, and keeps everything in memory.
// It can always be rebuilt from the log: nothing in it is stored, and the same events give the same answers to the
// byte (see Views.Digest).
//
// # Shape
//
//	Source ─▶ Run ─▶ Apply ─┬▶ events          the events themselves, by number, entity and type
//	                        ├▶ domain folds    bodies, functions, instruments, transfers, delegations, and the rest
//	                        ├▶ functionMap     who holds what: cells of lines of points
//	                        └▶ transferIndex   transfers by function, for what is planned
//
// One file answers one question: whoholds.go (who holds this, and what is planned), map.go (all of it), compare.go,
// history.go, changes.go (what was recorded, in the order of the log), digest.go, transfers.go, packages.go,
// delegations.go, interventions.go, claims.go, risks.go, awaiting.go, committees.go, planreturns.go, organisations.go,
// footprints.go, functions.go, instruments.go, events.go, epochs.go. line.go and cell.go are the structure under the
// map, plans.go is the one under what is planned.
//
// Three questions are about what follows from all of it. coherence.go computes findings: finding.go says which kinds
// there are and by which rule each is found, and coherence_map.go, _gap.go, _claim.go, _law.go, _process.go and
// _drift.go find them. envelope.go holds running costs against the envelope, and shift.go tells how functions shift
// between tiers over time. Nothing of it is stored: it is computed for any date, as known at any position.
//
// # Two clocks
//
// Every question is asked as of a domain.AsOf: a civil date, and a position in the log. A position is an event number
// and means "everything up to this event"; domain.Latest means everything applied so far. Answers carry the AsOf as
// resolved, whose position is always that of a completed transaction: it pins the answer, and the same question asked
// as of it gives the same answer for ever.
//
// # Concurrency
//
// One lock guards all views. Apply holds it for one call, so no reader ever sees half a transaction. Readers share it,
// and those that walk the whole map let it go between stretches: since recorded points are only added, what lies at or
// before a position never changes, and a walk pinned to one is consistent in spite of it.
//
// # Errors
//
// Questions about things that the register does not know, and questions that make no sense, are answered with a
// *domain.Refusal, such as domain.UnknownFunction.
//
// What queries return is the caller's, except that slices of holdings and slices inside of domain values (a transfer's
// gateways) are shared and must not be changed.
package projections
