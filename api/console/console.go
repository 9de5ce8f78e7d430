package console

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"time"

	"github.com/remit-register/remit/domain"
)

// Config says what the console shows. API, Clock, Location and Actors are required.
type Config struct {
	// API answers the register's calls. It is asked in process, in the name of whoever uses the console.
	API http.Handler
	// Actors say who uses the console.
	Actors Actors
	// Clock tells the time, for "today".
	Clock func() time.Time
	// Location is where "today" is: Europe/London.
	Location *time.Location
	// Name is the name of the organisation that runs the register, shown in the header. Default: none.
	Name string
	// CalendarKey makes the addresses of calendars, which nobody can guess; it must stay the same for them to go on
	// working. Default: there are no calendars.
	CalendarKey []byte
	// Logger is told what goes wrong inside. Default: nothing is logged.
	Logger *slog.Logger
}

// Actors say who uses the console, and put it into requests to the API.
type Actors interface {
	// Of returns who sent a request of the browser; nobody's is the zero Actor.
	Of(r *http.Request) Actor
	// Name returns a request to the API that is made in the actor's name.
	Name(r *http.Request, a Actor) *http.Request
}

// Actor is somebody who uses the console, at the body that they act for.
type Actor struct {
	// Subject is who it is; "" for nobody.
	Subject string
	// Organisation is the body that they act for.
	Organisation domain.OrganisationCode
	// Roles are theirs at that body.
	Roles []domain.ActorRole
	// Others are the other bodies that they may choose to act for.
	Others []domain.OrganisationCode
	// Asserted says that nobody proved who they are: they say so themselves, and may say otherwise.
	Asserted bool
}

// Console serves the pages.
type Console struct {
	cfg     Config
	ask     *client
	pages   *pages
	assets  assets
	answers *answerCache
	uploads *uploads
}

// New returns the console.
func New(cfg Config) (*Console, error) {
	if cfg.API == nil || cfg.Clock == nil || cfg.Location == nil || cfg.Actors == nil {
		return nil, errors.New("the console needs the API, a clock, a location and actors")
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	files, err := loadAssets()
	if err != nil {
		return nil, fmt.Errorf("load the console's assets: %w", err)
	}
	set, err := loadPages(files, cfg.Location)
	if err != nil {
		return nil, fmt.Errorf("load the console's pages: %w", err)
	}
	return &Console{cfg: cfg, pages: set, assets: files, ask: newClient(cfg.API, cfg.nameRequest), answers: new(answerCache), uploads: newUploads()}, nil
}

// Handler serves every page, and what they load.
func (c *Console) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+assetPrefix, c.assets)
	for pattern, show := range c.routes() {
		mux.HandleFunc(pattern, c.serve(show))
	}
	mux.HandleFunc("/", c.serve(func(v *visit) error { return v.show(http.StatusNotFound, "not-found", nil) }))
	return secured(http.NewCrossOriginProtection().Handler(mux))
}

// routes are the pages, by pattern.
func (c *Console) routes() map[string]func(*visit) error {
	routes := map[string]func(*visit) error{
		"GET /actor":         (*visit).actorForm,
		"POST /actor":        (*visit).chooseActor,
		"GET /accessibility": func(v *visit) error { return v.show(http.StatusOK, "accessibility", nil) },
	}
	for _, more := range []map[string]func(*visit) error{
		mapRoutes(), transferRoutes(), delegationRoutes(), packageRoutes(), committeeRoutes(), claimRoutes(), importRoutes(),
	} {
		maps.Copy(routes, more)
	}
	return routes
}

// mapRoutes are the pages about who does what, bodies, and the record.
func mapRoutes() map[string]func(*visit) error {
	return map[string]func(*visit) error{
		"GET /{$}":                  (*visit).home,
		"GET /who":                  (*visit).who,
		"GET /map":                  (*visit).whoDoesWhat,
		"GET /functions":            (*visit).functions,
		"GET /functions/{code}":     (*visit).function,
		"GET /gaps":                 (*visit).gaps,
		"GET /organisations":        (*visit).organisations,
		"GET /organisations/{code}": (*visit).organisation,
		"GET /delegations":          (*visit).delegations,
		"GET /delegations/{id}":     (*visit).delegation,
		"GET /changes":              (*visit).changes,
		"GET /reorganisation":       (*visit).reorganisation,
		"GET /envelope":             (*visit).envelope,
		"GET /paper":                (*visit).committeePaper,
		"GET /paper/text":           (*visit).paperText,
		"GET /shift":                (*visit).shift,
		"GET /audit":                (*visit).audit,
		"GET /audit/{number}":       (*visit).event,
		"GET /audit/{number}/proof": (*visit).eventProof,
	}
}

// transferRoutes are the pages about transfers.
func transferRoutes() map[string]func(*visit) error {
	routes := bothWays(map[string]func(*visit) error{
		"/transfers/propose": (*visit).propose, "/transfers/plan": (*visit).plan, "/transfers/explore": (*visit).explore,
		"/transfers/{id}/do/{act}": (*visit).transferAct,
	})
	maps.Copy(routes, map[string]func(*visit) error{
		"GET /transfers":            (*visit).transfers,
		"GET /transfers/{id}":       (*visit).transfer,
		"GET /transfers/{id}/paper": (*visit).paper,
		"GET /export/{file}":        (*visit).export,
		"GET /calendar/{file}":      (*visit).calendar,
	})
	return routes
}

// menu are the links at the top of every page, and the paths that belong to each.
func menu() []menuItem {
	return []menuItem{
		{Text: "Home", Address: "/"},
		{Text: "Who does what", Address: "/map", Below: []string{"/who"}},
		{Text: "What changed", Address: "/changes"},
		{Text: "Transfers", Address: "/transfers"},
		{Text: "Gaps", Address: "/gaps"},
		{Text: "Organisations", Address: "/organisations"},
		{Text: "Functions", Address: "/functions"},
		{Text: "The record", Address: "/audit"},
	}
}

// secured sets the headers that keep a browser from doing with a page what it must not. Everything that a page needs
// comes from here; nothing may run in it that is not a file of the console; nobody may frame it.
func secured(next http.Handler) http.Handler {
	const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; " +
		"connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		next.ServeHTTP(w, r)
	})
}
