package console

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/remit-register/remit/domain"
)

// Asserted are the actors of a register where nobody signs in: people say who they are, and a cookie remembers it.
type Asserted struct {
	// Header is the name of the header in which the API is told.
	Header string
}

const actorCookie = "remit-actor"

// Of returns who the browser's user says they are.
func (Asserted) Of(r *http.Request) Actor {
	a := Actor{Asserted: true}
	cookie, err := r.Cookie(actorCookie)
	if err != nil {
		return a
	}
	text, err := url.QueryUnescape(cookie.Value)
	if err != nil {
		return a
	}
	at := strings.LastIndexByte(text, '@')
	if at <= 0 {
		return a
	}
	a.Subject, a.Organisation, a.Roles = text[:at], domain.OrganisationCode(text[at+1:]), domain.ActorRoles()
	return a
}

// Name tells the API who it is.
func (x Asserted) Name(r *http.Request, a Actor) *http.Request {
	r.Header.Del(x.Header)
	if a.Subject != "" {
		r.Header.Set(x.Header, a.Subject+"@"+string(a.Organisation))
	}
	return r
}

// actorPage is the form in which people say who they are.
type actorPage struct {
	Form form
	To   string
}

// actorForm shows the form.
func (v *visit) actorForm() error {
	f := newForm(v.r.URL.Query())
	f.Values.Set("subject", v.actor.Subject)
	f.Values.Set("organisation", string(v.actor.Organisation))
	return v.show(http.StatusOK, "actor", actorPage{Form: f, To: localPath(v.r.FormValue("to"))})
}

// chooseActor remembers who somebody says they are, or forgets it.
func (v *visit) chooseActor() error {
	f := newForm(v.r.PostForm)
	subject, code := f.text("subject"), strings.ToUpper(f.text("organisation"))
	cookie := &http.Cookie{Name: actorCookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: -1} //nolint:gosec // on loopback alone, where there is no TLS
	if f.text("nobody") == "" {
		if subject == "" || strings.ContainsAny(subject, " @;,") {
			f.wrong("subject", "Enter your name in one word, such as a.jones")
		}
		if code == "" {
			f.wrong("organisation", "Enter the code of the body that you act for, such as QNQ")
		}
		if f.bad() {
			return v.show(http.StatusBadRequest, "actor", actorPage{Form: f, To: localPath(f.text("to"))})
		}
		cookie.Value, cookie.MaxAge = url.QueryEscape(subject+"@"+code), 0
	}
	http.SetCookie(v.w, cookie)
	return v.goTo(localPath(f.text("to")))
}

// localPath returns a path of this console to go to, whatever a link says.
func localPath(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(to, "//") ||
		strings.ContainsAny(to, "\\\r\n") {
		return "/"
	}
	return to
}
