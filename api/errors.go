package api

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"connectrpc.com/connect"
	"google.golang.org/genproto/googleapis/rpc/errdetails"

	"github.com/remit-register/remit/domain"
	"github.com/remit-register/remit/eventstore"
	"github.com/remit-register/remit/projections"
)

// ErrorDomain is the domain of every ErrorInfo.
const ErrorDomain = "remit"

// Reasons that arise on the way to the register; the others are those of package domain. Codes are added, never
// renamed.
const (
	// Internal says that something went wrong inside; the log says what.
	Internal domain.Reason = "INTERNAL"
	// NotCaughtUp says that what the question needs was recorded but cannot be shown yet.
	NotCaughtUp domain.Reason = "NOT_CAUGHT_UP"
	// NotArchivedYet says that what is to be proved is recorded, but not yet under a signed checkpoint.
	NotArchivedYet domain.Reason = "NOT_ARCHIVED_YET"
	// OutOfTime says that the caller's time was over. Where it was a command, it may be recorded all the same.
	OutOfTime domain.Reason = "OUT_OF_TIME"
	// ServerStopping says that a watch ended because the server is about to stop.
	ServerStopping domain.Reason = "SERVER_STOPPING"
	// ViewsMended says that a watch ended because what it was answered from was wrong, and was mended by a rebuild.
	ViewsMended domain.Reason = "VIEWS_MENDED"
	// Canceled says that the caller went away.
	Canceled domain.Reason = "CANCELED"
	// HostNotAllowed says that the Host header does not name this machine.
	HostNotAllowed domain.Reason = "HOST_NOT_ALLOWED"
	// SignInUnavailable says that the sign-in service cannot be asked. It passes. It is signin.Unavailable.
	SignInUnavailable domain.Reason = "SIGN_IN_UNAVAILABLE"
	// RateLimited says that the caller asks more often than each may.
	RateLimited domain.Reason = "RATE_LIMITED"
	// Unsupported says that there is no such call, or not in this way.
	Unsupported domain.Reason = "UNSUPPORTED"
)

// codes is the one table of what each reason is in Connect and gRPC.
func codes() map[domain.Reason]connect.Code { //nolint:funlen // one row a reason
	return map[domain.Reason]connect.Code{
		domain.RemitAlreadyHeld:             connect.CodeFailedPrecondition,
		domain.SenderNotHolder:              connect.CodeFailedPrecondition,
		domain.ReceiverNotOpen:              connect.CodeFailedPrecondition,
		domain.NoLegalPerson:                connect.CodeFailedPrecondition,
		domain.KindMayNotMoveRole:           connect.CodeFailedPrecondition,
		domain.InstrumentRequired:           connect.CodeFailedPrecondition,
		domain.InstrumentNotInForce:         connect.CodeFailedPrecondition,
		domain.PowerExcludesFunction:        connect.CodeFailedPrecondition,
		domain.OnwardDelegationNotPermitted: connect.CodeFailedPrecondition,
		domain.GatewayNotPassed:             connect.CodeFailedPrecondition,
		domain.ConditionOutstanding:         connect.CodeFailedPrecondition,
		domain.AssessmentStale:              connect.CodeFailedPrecondition,
		domain.SegregationOfDuties:          connect.CodeFailedPrecondition,
		domain.IndependentOpinionRequired:   connect.CodeFailedPrecondition,
		domain.OverlappingTransfer:          connect.CodeFailedPrecondition,
		domain.RetainedAspectUnheld:         connect.CodeFailedPrecondition,
		domain.DispositionIncomplete:        connect.CodeFailedPrecondition,
		domain.ContradictsLaterFact:         connect.CodeFailedPrecondition,
		domain.BackdatedWithoutReason:       connect.CodeFailedPrecondition,
		domain.NotYetEffective:              connect.CodeFailedPrecondition,
		domain.TermsIncomplete:              connect.CodeFailedPrecondition,
		domain.WrongState:                   connect.CodeFailedPrecondition,
		domain.SecondPersonRequired:         connect.CodeFailedPrecondition,
		domain.NothingToChange:              connect.CodeFailedPrecondition,

		domain.InvalidArgument:     connect.CodeInvalidArgument,
		domain.UnknownOrganisation: connect.CodeNotFound,
		domain.UnknownFunction:     connect.CodeNotFound,
		domain.UnknownFootprint:    connect.CodeNotFound,
		domain.UnknownTransfer:     connect.CodeNotFound,
		domain.UnknownGateway:      connect.CodeNotFound,
		domain.UnknownCondition:    connect.CodeNotFound,
		domain.UnknownDelegation:   connect.CodeNotFound,
		domain.UnknownInstrument:   connect.CodeNotFound,
		domain.UnknownEvent:        connect.CodeNotFound,
		domain.UnknownIntervention: connect.CodeNotFound,
		domain.UnknownRisk:         connect.CodeNotFound,
		domain.UnknownPackage:      connect.CodeNotFound,
		domain.UnknownCommittee:    connect.CodeNotFound,
		domain.UnknownPlanReturn:   connect.CodeNotFound,
		domain.UnknownSecond:       connect.CodeNotFound,
		domain.RevisionConflict:    connect.CodeAborted,
		domain.CommandIDReused:     connect.CodeAlreadyExists,
		domain.NotSignedIn:         connect.CodeUnauthenticated,
		domain.NotAuthorised:       connect.CodePermissionDenied,
		domain.TooLarge:            connect.CodeResourceExhausted,
		domain.Overloaded:          connect.CodeResourceExhausted,
		domain.RegisterReadOnly:    connect.CodeUnavailable,

		Internal:          connect.CodeInternal,
		NotCaughtUp:       connect.CodeUnavailable,
		NotArchivedYet:    connect.CodeUnavailable,
		ServerStopping:    connect.CodeUnavailable,
		ViewsMended:       connect.CodeAborted,
		OutOfTime:         connect.CodeDeadlineExceeded,
		Canceled:          connect.CodeCanceled,
		HostNotAllowed:    connect.CodePermissionDenied,
		SignInUnavailable: connect.CodeUnavailable,
		RateLimited:       connect.CodeResourceExhausted,
		Unsupported:       connect.CodeUnimplemented,
	}
}

// codeOf returns what a reason is in Connect and gRPC.
func codeOf(reason domain.Reason) connect.Code {
	if code, ok := codes()[reason]; ok {
		return code
	}
	return connect.CodeInternal
}

// reasonOf returns the reason to give for an error of Connect's own, which knows codes only.
func reasonOf(code connect.Code) domain.Reason {
	switch code {
	case connect.CodeInvalidArgument, connect.CodeOutOfRange:
		return domain.InvalidArgument
	case connect.CodeResourceExhausted:
		return domain.TooLarge
	case connect.CodeDeadlineExceeded:
		return OutOfTime
	case connect.CodeCanceled:
		return Canceled
	case connect.CodeUnimplemented, connect.CodeNotFound:
		return Unsupported
	case connect.CodeUnauthenticated:
		return domain.NotSignedIn
	case connect.CodePermissionDenied:
		return domain.NotAuthorised
	case connect.CodeUnavailable:
		return domain.RegisterReadOnly
	case connect.CodeUnknown, connect.CodeAlreadyExists, connect.CodeFailedPrecondition, connect.CodeAborted,
		connect.CodeInternal, connect.CodeDataLoss:
	}
	return Internal
}

// refusalOf translates an error of the packages below into a refusal, or returns false when it is none that a caller
// should learn about.
func refusalOf(err error) (*domain.Refusal, bool) {
	if refusal, ok := domain.AsRefusal(err); ok {
		return refusal, true
	}
	for _, row := range sentinels() {
		if errors.Is(err, row.err) {
			return domain.Refuse(row.reason, row.message, row.remedy), true
		}
	}
	return nil, false
}

// sentinel is an error of the packages below, and what callers are told of it.
type sentinel struct {
	err             error
	reason          domain.Reason
	message, remedy string
}

// What to do when time is over.
const (
	moreTime      = "Ask again with more time."
	maybeRecorded = "A command may have been recorded: send it again with the same command id."
)

// sentinels lists them; the first that fits counts.
func sentinels() []sentinel {
	return []sentinel{
		{
			eventstore.ErrCommandIDReused, domain.CommandIDReused,
			"A command with this id and other content was recorded before.", "Give every new command a new id.",
		},
		{
			eventstore.ErrOverloaded, domain.Overloaded,
			"Too many commands are waiting.", "Try again in a moment, with the same command id.",
		},
		{
			eventstore.ErrTooLarge, domain.TooLarge,
			"The command is too large to record.", "Give it in several smaller commands.",
		},
		{
			eventstore.ErrReadOnly, domain.RegisterReadOnly,
			"The register cannot record anything at present.",
			"Try again later with the same command id: if the command was on its way, it is not recorded twice.",
		},
		{
			projections.ErrStopped, NotCaughtUp,
			"The server is stopping.", "Ask again in a moment.",
		},
		{
			context.DeadlineExceeded, OutOfTime,
			"The time for the answer is over.",
			moreTime + " " + maybeRecorded,
		},
		{
			context.Canceled, Canceled,
			"The caller went away.", maybeRecorded,
		},
	}
}

// Above this many violations the rest is counted only.
const maxViolations = 100

// refused is the error to send for a refusal.
func refused(r *domain.Refusal) *connect.Error {
	reasons := r.Reasons()
	info := &errdetails.ErrorInfo{
		Reason: string(reasons[0]), Domain: ErrorDomain, Metadata: map[string]string{"reasons": joinReasons(reasons)},
	}
	sentences := make([]string, 0, len(r.Violations))
	for i, v := range r.Violations[:min(len(r.Violations), maxViolations)] {
		sentences = append(sentences, strings.TrimSpace(v.Message+" "+v.Remedy))
		prefix := fmt.Sprintf("violation.%d.", i+1)
		info.Metadata[prefix+"reason"] = string(v.Reason)
		info.Metadata[prefix+"message"] = v.Message
		info.Metadata[prefix+"remedy"] = v.Remedy
		for _, name := range slices.Sorted(maps.Keys(v.Facts)) {
			info.Metadata[prefix+name] = v.Facts[name]
			if _, ok := info.Metadata[name]; !ok {
				info.Metadata[name] = v.Facts[name]
			}
		}
	}
	info.Metadata["violations"] = fmt.Sprint(len(r.Violations))
	sent := coded(codeOf(reasons[0]), strings.Join(sentences, " "), info)
	if reasons[0] == domain.Overloaded || reasons[0] == RateLimited {
		hintRetry(sent)
	}
	return sent
}

func joinReasons(reasons []domain.Reason) string {
	names := make([]string, 0, len(reasons))
	for _, reason := range reasons {
		names = append(names, string(reason))
	}
	return strings.Join(names, ",")
}

// invalid is the error to send for a request that breaks rules of the format. It is told by the path of each field.
func invalid(violations []fieldViolation) *connect.Error {
	info := &errdetails.ErrorInfo{
		Reason: string(domain.InvalidArgument), Domain: ErrorDomain,
		Metadata: map[string]string{
			"reasons": string(domain.InvalidArgument), "violations": fmt.Sprint(len(violations)),
		},
	}
	sentences := make([]string, 0, len(violations))
	for _, v := range violations[:min(len(violations), maxViolations)] {
		sentences = append(sentences, v.Path+": "+v.Message)
		if before, ok := info.Metadata[v.Path]; ok {
			info.Metadata[v.Path] = before + "; " + v.Message
			continue
		}
		info.Metadata[v.Path] = v.Message
	}
	return coded(connect.CodeInvalidArgument, strings.Join(sentences, "; "), info)
}

// plain is the error to send for one reason without facts.
func plain(reason domain.Reason, text string) *connect.Error {
	return coded(codeOf(reason), text, plainInfo(reason))
}

func plainInfo(reason domain.Reason) *errdetails.ErrorInfo {
	return &errdetails.ErrorInfo{
		Reason: string(reason), Domain: ErrorDomain, Metadata: map[string]string{"reasons": string(reason)},
	}
}

func coded(code connect.Code, text string, info *errdetails.ErrorInfo) *connect.Error {
	err := connect.NewError(code, errors.New(text))
	if detail, detailErr := connect.NewErrorDetail(info); detailErr == nil {
		err.AddDetail(detail)
	}
	return err
}
