package console

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// form is what somebody filled in, and what is wrong with it.
type form struct {
	// Values are as given.
	Values url.Values
	// Errors are in the order of the form's fields.
	Errors []fieldError
}

// fieldError is what is wrong with a field, in words that say what to do.
type fieldError struct {
	Field, Text string
}

func newForm(values url.Values) form {
	f := form{Values: url.Values{}}
	maps.Copy(f.Values, values)
	return f
}

// text returns a field without space around it.
func (f *form) text(name string) string { return strings.TrimSpace(f.Values.Get(name)) }

// wrong notes what is wrong with a field.
func (f *form) wrong(field, text string) { f.Errors = append(f.Errors, fieldError{field, text}) }

func (f *form) bad() bool { return len(f.Errors) > 0 }

// date reads a date input; a date that is none, or is missing where it is required, is noted.
func (f *form) date(name, called string, required bool) string {
	date, err := readDate(f.Values, name)
	switch {
	case err != nil:
		f.wrong(name, called+" must be a real date, such as 1 4 2027")
	case date == "" && required:
		f.wrong(name, "Enter "+strings.ToLower(called[:1])+called[1:])
	}
	return date
}

// commandID returns the id of the command that the form gives: made when the form is first shown, and sent along with
// it, so that a form that is sent twice is recorded once.
func (f *form) commandID() string {
	id := f.text("command-id")
	if _, err := uuid.Parse(id); err != nil {
		id = uuid.NewString()
		f.Values.Set("command-id", id)
	}
	return id
}

// refused notes why the API refused the form: at the fields that it names, and otherwise above the form. fields gives
// the form's name of a field of the API.
func (f *form) refused(err error, fields map[string]string) {
	for _, r := range refusalOf(err).Reasons {
		text := strings.TrimSpace(r.Text + " " + r.Remedy)
		f.wrong(fields[r.Field], text)
	}
}

// Value returns a field, for templates.
func (f form) Value(name string) string { return f.Values.Get(name) }

// Has tells whether a field has a value, for templates.
func (f form) Has(name, value string) bool {
	return slices.Contains(f.Values[name], value)
}

// Error returns what is wrong with a field, "" for nothing, for templates.
func (f form) Error(name string) string {
	for _, e := range f.Errors {
		if e.Field == name {
			return e.Text
		}
	}
	return ""
}
