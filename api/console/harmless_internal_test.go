package console

// Harmless is harmless, for the tests.
func Harmless(text string) string { return harmless(text) }

// Plainly has the pages shown as a program does that was built without the style sheet of the NHS, for the tests.
func (c *Console) Plainly() *Console {
	c.assets.built = false
	return c
}
