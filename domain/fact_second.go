package domain

// The facts of the second person.

// SecondAwaited says that somebody gave a command that takes effect once a second person agrees (invariant 10).
type SecondAwaited struct {
	// ID is that of the transaction; the second person names it.
	ID string
	// Command is what was asked for. It is decided again, on what is known by then, when it is seconded.
	Command Command
}

// SecondGiven says that a second person agreed; the facts that follow in the transaction are what came of it.
type SecondGiven struct {
	ID string
}

// SecondDeclined says that a second person did not agree, or that the first took it back.
type SecondDeclined struct {
	ID string
}

func (SecondAwaited) FactType() string  { return "SecondAwaited" }
func (SecondGiven) FactType() string    { return "SecondGiven" }
func (SecondDeclined) FactType() string { return "SecondDeclined" }

// Entity is the command that waits.
func (f SecondAwaited) Entity() string { return "second/" + f.ID }

// Entity is the command that waited.
func (f SecondGiven) Entity() string { return "second/" + f.ID }

// Entity is the command that waited.
func (f SecondDeclined) Entity() string { return "second/" + f.ID }

func (SecondAwaited) Effective() Date  { return 0 }
func (SecondGiven) Effective() Date    { return 0 }
func (SecondDeclined) Effective() Date { return 0 }
