package console

import (
	"sync"

	remitv1 "github.com/remit-register/remit/proto/remit/v1"
)

// answerCache keeps answers of the API for as long as nothing new is recorded: some take long to work out, and what is
// recorded changes much less often than it is looked at. Only answers that are the same for everybody are kept.
type answerCache struct {
	mu   sync.Mutex
	kept map[string]keptAnswer // guarded by mu
}

type keptAnswer struct {
	position string
	answer   any
}

// maxAnswers is how many answers are kept.
const maxAnswers = 64

// positioned is an answer that says up to which event it was given.
type positioned interface{ GetPosition() string }

// cached returns the answer to a question, kept from before if nothing was recorded since. The key names the question
// and all that it depends on, the two dates apart.
func cached[A positioned](v *visit, key string, ask func() (A, error)) (A, error) {
	var none A
	position, err := v.position()
	if err != nil {
		return none, err
	}
	key += "\x00" + v.at.On + "\x00" + v.at.Known
	c := v.answers
	c.mu.Lock()
	kept, ok := c.kept[key]
	c.mu.Unlock()
	if ok && kept.position == position {
		if answer, ok := kept.answer.(A); ok {
			return answer, nil
		}
	}
	answer, err := ask()
	if err != nil {
		return none, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil || len(c.kept) >= maxAnswers {
		c.kept = map[string]keptAnswer{}
	}
	if v.at.instant == nil && v.at.position == "" {
		position = answer.GetPosition() // what was known at some point stays what it was, the rest may have grown meanwhile
	}
	c.kept[key] = keptAnswer{position, answer}
	return answer, nil
}

// position returns the number of the last event that is shown, a decimal number, as it was when the page first asked: at
// least what the address demands, so that whoever recorded something sees it. It asks what everybody may be told.
func (v *visit) position() (string, error) {
	if v.last != "" {
		return v.last, nil
	}
	answer, err := v.ask.operator.ListEpochs(v.ctx(), &remitv1.ListEpochsRequest{MinPosition: v.r.URL.Query().Get("min")})
	if err != nil {
		return "", err
	}
	v.last = answer.GetPosition()
	return v.last, nil
}
