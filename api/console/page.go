package console

import (
	"bytes"
	"compress/gzip"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"runtime/debug"
	"strings"
	"time"

	"connectrpc.com/connect"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

//go:embed templates
var templateFiles embed.FS

// pages are the templates, by name, each with the layout and the parts.
type pages struct {
	byName map[string]*template.Template
}

func loadPages(files assets, location *time.Location) (*pages, error) {
	base, err := template.New("layout.html").Funcs(functions(files, location)).
		ParseFS(templateFiles, "templates/layout.html", "templates/parts/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse the layout: %w", err)
	}
	names, err := fs.Glob(templateFiles, "templates/pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("list the pages: %w", err)
	}
	p := &pages{byName: map[string]*template.Template{}}
	for _, name := range names {
		page, err := base.Clone()
		if err != nil {
			return nil, fmt.Errorf("copy the layout: %w", err)
		}
		if _, err := page.ParseFS(templateFiles, name); err != nil {
			return nil, fmt.Errorf("parse %s: %w", name, err)
		}
		p.byName[strings.TrimSuffix(path.Base(name), ".html")] = page
	}
	return p, nil
}

// visit is one request of a browser, and its answer.
type visit struct {
	*Console

	w     http.ResponseWriter
	r     *http.Request
	actor Actor
	at    asAt
	last  string // the last event, once it was asked for
}

type actorKey struct{}

// ctx returns the context in which the API is asked in the actor's name.
func (v *visit) ctx() context.Context { return context.WithValue(v.r.Context(), actorKey{}, v.actor) }

// nameRequest puts the actor into a request to the API.
func (c Config) nameRequest(r *http.Request) *http.Request {
	actor, _ := r.Context().Value(actorKey{}).(Actor)
	return c.Actors.Name(r, actor)
}

// maxForm is the size of the largest form. Files are read by the page that takes them.
const maxForm = 1 << 20

// serve answers with a page, or with one that says what is wrong.
func (c *Console) serve(show func(*visit) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := &visit{Console: c, w: w, r: r, actor: c.cfg.Actors.Of(r)}
		defer v.recover() //nolint:contextcheck // a visit carries its request
		if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
			r.Body = http.MaxBytesReader(w, r.Body, maxForm)
			if err := r.ParseForm(); err != nil {
				v.fail(connect.NewError(connect.CodeInvalidArgument, errors.New("the form cannot be read, or is too long"))) //nolint:contextcheck // as above
				return
			}
		}
		var problem error
		if v.at, problem = v.readAsAt(); problem == nil {
			problem = show(v)
		}
		if problem != nil {
			v.fail(problem) //nolint:contextcheck // as above
		}
	}
}

func (v *visit) recover() {
	problem := recover()
	if problem == nil {
		return
	}
	v.cfg.Logger.ErrorContext(v.r.Context(), "a page panicked", slog.String("path", v.r.URL.Path),
		slog.Any("panic", problem), slog.String("stack", string(debug.Stack())))
	v.fail(connect.NewError(connect.CodeInternal, errors.New("something went wrong inside the register; its log says what")))
}

// fail shows what is wrong.
func (v *visit) fail(problem error) {
	refusal := refusalOf(problem)
	if refusal.Status >= http.StatusInternalServerError {
		v.cfg.Logger.ErrorContext(v.r.Context(), "a page failed", slog.String("path", v.r.URL.Path), slog.Any("error", problem))
	}
	if err := v.show(refusal.Status, "problem", refusal); err != nil {
		v.cfg.Logger.ErrorContext(v.r.Context(), "a page about a problem failed", slog.Any("error", err))
		http.Error(v.w, "Something went wrong inside the register; its log says what.", http.StatusInternalServerError)
	}
}

// frame is what the layout shows besides the page itself.
type frame struct {
	// Path is the page's path, for links back to it.
	Path string
	// Here is the page's path and query.
	Here string
	// Name is the organisation's that runs the register.
	Name  string
	Actor Actor
	At    asAt
	// Menu are the links at the top.
	Menu []menuItem
	// Page is what the page's own template shows.
	Page any
	// Done says what the reader has just done, "" for nothing.
	Done string
	// Signed is the number of the last event in the log that is signed; "" for none.
	Signed string
	// Built says that the style sheet of the NHS is there.
	Built bool
}

// show renders a page. A page that cannot be rendered is not begun.
func (v *visit) show(status int, name string, page any) error {
	set, ok := v.pages.byName[name]
	if !ok {
		return fmt.Errorf("there is no page %q", name)
	}
	f := frame{
		Path: v.r.URL.Path, Here: v.r.URL.RequestURI(), Name: v.cfg.Name, Actor: v.actor, At: v.at, Page: page,
		Built: v.assets.built, Done: doneWords()[v.r.URL.Query().Get("done")], Menu: currentMenu(v.r.URL.Path),
	}
	if v.at.Position != "" {
		f.Signed = v.signed()
	}
	var text bytes.Buffer
	if err := set.Execute(&text, f); err != nil {
		return fmt.Errorf("render the page %s: %w", name, err)
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.Header().Set("Cache-Control", "no-store")
	v.send(status, text.Bytes())
	return nil
}

// signed is the number of the last event that the newest checkpoint signs; "" where none can be had.
func (v *visit) signed() string {
	answer, err := v.ask.audit.GetCheckpoint(v.ctx(), &remitv1.GetCheckpointRequest{})
	if err != nil {
		return "" // the footer does without: a register need not have a log
	}
	return answer.GetTreeSize()
}

// menuItem is a link at the top of every page.
type menuItem struct {
	Text, Address string
	// Below are further paths that belong to it.
	Below []string
	// Current says that the page belongs to it.
	Current bool
}

// currentMenu marks what a page belongs to.
func currentMenu(page string) []menuItem {
	items := menu()
	for i, item := range items {
		for _, root := range append(item.Below, item.Address) {
			items[i].Current = items[i].Current || page == root || root != "/" && strings.HasPrefix(page, root+"/")
		}
	}
	return items
}

// send sends a text, packed if the browser can unpack it.
func (v *visit) send(status int, text []byte) {
	v.w.Header().Add("Vary", "Accept-Encoding")
	if !strings.Contains(v.r.Header.Get("Accept-Encoding"), "gzip") {
		v.w.WriteHeader(status)
		_, _ = v.w.Write(text) // fails only when the browser went away
		return
	}
	v.w.Header().Set("Content-Encoding", "gzip")
	v.w.WriteHeader(status)
	packed := gzip.NewWriter(v.w)
	_, _ = packed.Write(text)
	_ = packed.Close()
}

// goTo sends the browser to another page, after a form.
func (v *visit) goTo(address string) error {
	http.Redirect(v.w, v.r, address, http.StatusSeeOther)
	return nil
}
