package app

import (
	"context"
	"errors"

	"sotto/app/model"
	"sotto/app/store"
)

// Search returns a page of the messages that a query asks for, newest first. A
// page that is not full is the last. Kind NotFound if there is no such contact.
func (m *Messenger) Search(ctx context.Context, q model.Query) (model.Hits, error) {
	var page model.Hits
	if q.Limit = min(max(q.Limit, 0), store.MaxHits); q.Limit == 0 {
		q.Limit = 50
	}
	// The store looks at so many messages at a time, so that others get their turn.
	for again := true; ; {
		var part model.Hits
		err := m.view(ctx, func(t *store.Tx) (err error) {
			if part, err = t.Search(q); err != nil {
				return err
			}
			return m.explainHits(t, part.Hits)
		})
		if errors.Is(err, store.ErrIndex) && again {
			again = false
			continue
		}
		if err != nil {
			return model.Hits{}, err
		}
		page.Hits = append(page.Hits, part.Hits...)
		page.Next = part.Next
		q.Limit -= len(part.Hits)
		q.Before = part.Next
		if q.Limit == 0 || q.Before == 0 {
			return page, nil
		}
	}
}

func (m *Messenger) explainHits(t *store.Tx, hits []model.Hit) error {
	contacts := make(map[model.ContactID]store.Contact)
	for i := range hits {
		msg := &hits[i].Message
		c, ok := contacts[msg.Contact]
		if !ok {
			var err error
			if c, err = t.Contact(msg.Contact); err != nil {
				return err
			}
			contacts[msg.Contact] = c
		}
		m.explain(c, msg)
	}
	return nil
}
