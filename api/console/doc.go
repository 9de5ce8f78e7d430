// Package console is the register in the browser: pages that are rendered on the server, work without JavaScript, and
// look and behave as a service of the NHS does.
//
//	browser ─▶ Handler ─▶ a page's file ─▶ client ─▶ the register's API, in process
//	                            └▶ templates/pages/NAME.html in templates/layout.html
//
// A page asks the same API as everybody else, in the name of whoever is signed in, so that every rule of rights, every
// check of a request and every refusal is the same here. What is in the address of a page is all that decides what it
// shows: it can be sent to somebody else, or put in minutes. Commands are forms with a step in which the answers are
// checked; each form carries the command's id, so that sending it twice records it once.
//
// # Files
//
// console.go puts it together; inprocess.go is the way to the API; page.go renders; asat.go is the bar with the two
// dates, and strip.go its picture of the dates of change; words.go says the register's words in plain English; look.go
// names what codes stand for; form.go reads forms and shows what is wrong with them; actor.go is about who acts;
// answers.go keeps answers for as long as nothing is recorded. Each of the other files is a page or two.
//
// # Looks
//
// assets/ holds the register's own plain style sheet. `make console` adds the NHS's (nhsuk-frontend, from npm, compiled
// with Sass; see _style/) below assets/built/, and a program that is built then has both in it. Without it the pages are plainer and
// work the same.
package console
