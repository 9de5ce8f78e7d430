// Package console is the register in the browser: pages that are rendered on the server, work without JavaScript, and
// look and behave as a service of the NHS does.
//
//	browser ─▶ Handler ─▶ a page's file ─▶ client ─▶ the register's API, in process
//	                            └▶ templates/pages/NAME.html in templates/layout.html
//
// A page asks the same API as everybody else, in the name of whoever is signed in, so that every rule of rights, every
// check of a request and every refusal is the same here. What is in the address of a page is all that decides what it
// shows: it can be sent to somebody else, or put in minutes. Commands are forms with a step in which the answers are
// checked; each form carries the command's id, so that sending it twice records it once. One engine has all forms: act.go
// shows and takes them, act_ask.go makes their fields from the API's own description of a request with its rules,
// act_fill.go reads and act_set.go fills in the request. Other act_*.go files say what each form asks for.
//
// A page that shows what may change follows the record: live.go tells the browser, by server-sent events, what the API's
// watches tell it, and assets/console.js shows the page anew. Without JavaScript the page stays as it was loaded.
//
// # Files
//
// console.go puts it together; inprocess.go is the way to the API, inprocess_stream.go that of its watches; page.go
// renders; records.go is the page of lists that need none of their own; asat.go is the bar with the two dates, and
// strip.go its picture of the dates of change; words.go says the register's words in plain English; look.go names what
// codes stand for; form.go reads forms and shows what is wrong with them; actor.go is about who acts; answers.go keeps
// answers for as long as nothing is recorded. Each of the other files is a page or two.
//
// # Looks
//
// assets/ holds the register's own plain style sheet. `make console` adds the NHS's (nhsuk-frontend, from npm, compiled
// with Sass; see _style/) below assets/built/, and a program that is built then has both in it. Without it the pages are plainer and
// work the same.
package console
