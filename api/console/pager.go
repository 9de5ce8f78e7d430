package console

import (
	"strconv"
)

// pager leads through a list that is too long for one page: parameter "page" of the address, counted from 1.
type pager struct {
	// Page is the one shown, of Pages.
	Page, Pages int
	// Previous and Next are addresses, "" for none.
	Previous, Next string

	from, to int
}

// paged cuts a list of so many entries into pages of a size, and returns the page that the address asks for: the last
// one where it asks for more.
func (v *visit) paged(total, size int) pager {
	p := pager{Pages: max(1, (total+size-1)/size)}
	page, _ := strconv.Atoi(v.r.URL.Query().Get("page")) // what is no number is the first page
	p.Page = min(max(page, 1), p.Pages)
	p.from, p.to = (p.Page-1)*size, min(p.Page*size, total)
	address := func(page int) string {
		q := v.r.URL.Query()
		q.Del("page")
		if page > 1 {
			q.Set("page", strconv.Itoa(page))
		}
		return addressOf(v.r.URL.Path, q)
	}
	if p.Page > 1 {
		p.Previous = address(p.Page - 1)
	}
	if p.Page < p.Pages {
		p.Next = address(p.Page + 1)
	}
	return p
}

// onPage are the entries of a list that are on a page.
func onPage[E any](p pager, list []E) []E { return list[p.from:p.to] }
