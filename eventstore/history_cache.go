package eventstore

// blockCache remembers blocks that were read back: questions about old events often come one after the other. The
// oldest that was read goes first.
type blockCache struct {
	blocks map[uint64]block
	order  []uint64
	kept   int // events in blocks
}

// cachedEvents is about how many events are remembered.
const cachedEvents = 16384

// cached returns a block that is remembered.
func (h *history) cached(record uint64) (block, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	b, ok := h.cache.blocks[record]
	return b, ok
}

// remember keeps a block for a while.
func (h *history) remember(b block) {
	h.mu.Lock()
	defer h.mu.Unlock()
	c := &h.cache
	if _, ok := c.blocks[b.record]; ok {
		return
	}
	if c.blocks == nil {
		c.blocks = map[uint64]block{}
	}
	c.blocks[b.record] = b
	c.order = append(c.order, b.record)
	for c.kept += len(b.events); c.kept > cachedEvents && len(c.order) > 1; c.order = c.order[1:] {
		c.kept -= len(c.blocks[c.order[0]].events)
		delete(c.blocks, c.order[0])
	}
}
