package main

import (
	"google.golang.org/protobuf/proto"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// pageAnswer is the answer to a query for a list.
type pageAnswer interface {
	proto.Message
	GetNextPageToken() string
}

// pages is a list that the register gives page by page.
type pages[R pageAnswer, T proto.Message] struct {
	// ask answers the page that a token names, the first one for "".
	ask func(c *client, token string) (R, error)
	// items are those of a page.
	items func(R) []T
	// keep makes a page the answer with all items and nothing after them.
	keep func(R, []T)
	// columns are those of the list as a table.
	columns []column[T]
}

// collect returns the first page and the items of all of them, up to a limit; 0 is none.
func (p pages[R, T]) collect(c *client, limit int) (first R, all []T, err error) {
	first, err = p.ask(c, "")
	if err != nil {
		return first, nil, err
	}
	page := first
	for {
		all = append(all, p.items(page)...)
		if page.GetNextPageToken() == "" || limit > 0 && len(all) > limit {
			return first, all, nil
		}
		if page, err = p.ask(c, page.GetNextPageToken()); err != nil {
			return first, nil, err
		}
	}
}

// show collects the list and shows it.
func (p pages[R, T]) show(a *app, limit int) error {
	c, err := a.client()
	if err != nil {
		return err
	}
	answer, items, err := p.collect(c, limit)
	if err != nil {
		return err
	}
	switch of := any(answer).(type) {
	case interface{ GetAsOf() *remitv1.ResolvedAsOf }:
		a.sayAsOf(of.GetAsOf())
	case interface {
		GetFrom() *remitv1.ResolvedAsOf
		GetTo() *remitv1.ResolvedAsOf
	}:
		a.sayBetween(of.GetFrom(), of.GetTo())
	}
	if len(items) == 0 && a.format == formatTable {
		a.say("There is nothing to show.")
	}
	if limit > 0 && len(items) > limit {
		items = items[:limit]
		a.say("Only the first %d are shown: see --limit.", limit)
	}
	return p.print(a, answer, items)
}

// print shows items as the whole answer.
func (p pages[R, T]) print(a *app, answer R, items []T) error {
	p.keep(answer, items)
	return list(a, answer, items, p.columns)
}
