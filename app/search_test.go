package app

import (
	"fmt"
	"testing"
	"time"

	"sotto/app/model"
	"sotto/app/store"
)

// TestSearch finds what was written, pages through more than one look takes in,
// and goes on finding it while the index follows and after a restart.
func TestSearch(t *testing.T) {
	const n = 1200
	p := newPerson(t, "Alice")
	if err := p.change(t.Context(), func(c *change) error {
		for _, id := range []model.ContactID{"aa", "bb"} {
			if err := c.PutContact(store.Contact{Contact: model.Contact{ID: id, Claimed: "Bob", Trust: model.TrustConfirmed, Added: time.Now()}, Peer: "p"}); err != nil {
				return err
			}
			for i := range n / 2 {
				m := model.Message{ID: model.MessageID(c.m.newID()), Contact: id, Direction: model.Outgoing, State: model.Waiting, Text: fmt.Sprintf("sea %d", i)}
				if _, err := c.AddMessage(&m, store.Place{}); err != nil {
					return err
				}
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	count := func(q model.Query) (found, pages int) {
		for last := int64(1) << 62; ; pages++ {
			page := must(p.Search(t.Context(), q))(t)
			for _, h := range page.Hits {
				if h.Message.Row >= last || h.Message.Reason != model.ReasonOffline {
					t.Fatalf("row %d after %d, waiting for %q", h.Message.Row, last, h.Message.Reason)
				}
				last = h.Message.Row
			}
			found += len(page.Hits)
			if q.Before = page.Next; q.Before == 0 {
				return found, pages + 1
			}
		}
	}
	check := func(when string) {
		t.Helper()
		if found, pages := count(model.Query{Text: "se", Limit: 1000}); found != n || pages != n/store.MaxHits+1 {
			t.Errorf("%s: %d found on %d pages", when, found, pages)
		}
		if found, _ := count(model.Query{Text: "sea", Contact: "bb"}); found != n/2 {
			t.Errorf("%s: %d found with one contact", when, found)
		}
		if found, _ := count(model.Query{Text: "sea 599"}); found != 2 {
			t.Errorf("%s: %d found of two", when, found)
		}
	}
	check("at once")
	until(t, "the index", func() bool {
		var more bool
		if err := p.view(t.Context(), func(tx *store.Tx) (err error) { more, err = tx.Behind(); return err }); err != nil {
			t.Fatal(err)
		}
		return !more
	})
	check("indexed")
	p.restart()
	check("after a restart")
	if _, err := p.Search(t.Context(), model.Query{Text: "sea", Contact: "cc"}); model.KindOf(err) != model.NotFound {
		t.Errorf("with nobody: %v", err)
	}
}
