package store

import (
	"strings"

	"sotto/app/model"
)

// FindMessage returns the message whose id begins with prefix, lower-case hex.
// Kinds NotFound, Ambiguous.
func (t *Tx) FindMessage(prefix string) (model.Message, error) {
	const digits = 32
	if prefix == "" || len(prefix) > digits || strings.Trim(prefix, "0123456789abcdef") != "" {
		return model.Message{}, model.E(model.NotFound, "", nil)
	}
	rest := digits - len(prefix)
	first, last := prefix+strings.Repeat("0", rest), prefix+strings.Repeat("f", rest)
	ids, err := t.messageIDs("SELECT id FROM messages WHERE id BETWEEN ? AND ? LIMIT 2", model.MessageID(first), model.MessageID(last))
	switch {
	case err != nil:
		return model.Message{}, err
	case len(ids) == 0:
		return model.Message{}, model.E(model.NotFound, "", nil)
	case len(ids) > 1:
		return model.Message{}, model.E(model.Ambiguous, "", nil)
	}
	return t.Message(ids[0])
}
