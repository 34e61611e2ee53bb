package app

import (
	"context"
	"strings"

	"sotto/app/model"
	"sotto/app/store"
)

// FindMessage returns the message whose id begins so. Kinds NotFound, Ambiguous.
func (m *Messenger) FindMessage(ctx context.Context, prefix string) (model.Message, error) {
	var msg model.Message
	err := m.view(ctx, func(t *store.Tx) (err error) {
		if msg, err = t.FindMessage(strings.ToLower(prefix)); err != nil {
			return err
		}
		contact, err := t.Contact(msg.Contact)
		m.explain(contact, &msg)
		return err
	})
	return msg, err
}
