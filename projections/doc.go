// Package projections answers the register's questions: who holds what, what changed, what is planned, on any date as
// known at any time.
//
// Views is fed with committed transactions in order, by Run from a Source or by Apply, and keeps in memory what answers
// need: of the events themselves an index, while their content is read back from a Log. It can always be rebuilt from
// the log (Views.Rebuild does so beside the live state, and swaps), and the same events give the same answers to the
// byte (see Views.Digest). Checkpoints are copies of its state on disk that make a restart short. They are a cache: one
// that is damaged, of another log, ahead of it, or written by another program is discarded.
//
// # Shape
//
//	Source ─▶ Run ─▶ Apply ─┬▶ events          index of the events, by number, entity and type
//	                        ├▶ domain folds    bodies, functions, instruments, transfers, delegations, and the rest
//	                        ├▶ functionMap     who holds what: cells of lines of points
//	                        └▶ transferIndex   transfers by function, for what is planned
//
// One file answers one question: whoholds.go (who holds this, and what is planned), map.go (all of it), compare.go,
// history.go, changes.go (what was recorded, in the order of the log), steps.go and steps_dates.go (the way from one map
// to another, step by step), changedates.go, rollup.go, feed.go, digest.go, transfers.go, packages.go,
// delegations.go, interventions.go, claims.go, risks.go, awaiting.go, committees.go, planreturns.go, organisations.go,
// footprints.go, functions.go, instruments.go, events.go, epochs.go. line.go, dated.go and cell.go are the structure under the
// map, plans.go is the one under what is planned.
//
// Three questions are about what follows from all of it. coherence.go computes findings: finding.go says which kinds
// there are and by which rule each is found, and coherence_map.go, _gap.go, _claim.go, _law.go, _process.go and
// _drift.go and _outlier.go find them. coherence_plan.go lets planned transfers take effect beside, to tell what they will
// open and close, and foresee.go tells what they would do. envelope.go holds running costs against the envelope, and
// shift.go tells how functions shift between tiers over time. readiness.go and readiness_around.go tell how ready
// transfers and packages are and what nobody could take, tasks.go what is to be done next, and paper.go puts it together
// for a committee. Nothing of it is stored: it is computed for any date, as known at any position.
//
// explain.go tells how a holding came about, back to its baseline. copy.go is a copy of the register at a position, with
// what the rules decide on and views of it, on which commands are tried and taken back. snapshot.go makes one of the live
// views in little time: both share every cell of the map, and whoever changes one takes a cell of its own for it first.
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
// before a position never changes, and a walk pinned to one is consistent in spite of it. Events are read back without
// the lock, as that may take a disk. Whoever changes the state, or copies it into a checkpoint, also holds the one who
// feeds it: questions go on meanwhile, and only new events wait.
//
// # Errors
//
// Questions about things that the register does not know, and questions that make no sense, are answered with a
// *domain.Refusal, such as domain.UnknownFunction.
//
// What queries return is the caller's, except that slices of holdings and slices inside of domain values (a transfer's
// gateways) are shared and must not be changed.
package projections
