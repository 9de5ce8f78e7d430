package projections

import "cmp"

// paging asks for a stretch of a list that is in the order of its keys.
type paging[K cmp.Ordered] struct {
	// after is the key on which the page before ended, the zero key for the first page.
	after K
	// limit is the most items of a page, 0 for no limit.
	limit int
}

// pageOf returns the items that lets admits after the page before, and the key on which this page ends: the zero key
// when it is the last.
func pageOf[T any, K cmp.Ordered](items []T, key func(T) K, p paging[K], lets func(T) bool) (page []T, next K) {
	for _, item := range items {
		if key(item) <= p.after || !lets(item) {
			continue
		}
		if p.limit > 0 && len(page) == p.limit {
			return page, key(page[p.limit-1])
		}
		page = append(page, item)
	}
	return page, next
}
