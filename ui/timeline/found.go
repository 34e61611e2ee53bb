package timeline

import "sotto/app/model"

// Found marks words in messages and outlines one of them: what a search found, and
// the hit that is looked at, where the keyboard begins. Both may be none.
func (t *Timeline) Found(hit model.MessageID, words map[model.MessageID][]model.Range) {
	if t.chosen == "" {
		t.chosen = hit
	}
	t.hit, t.words = hit, words
	t.search++
	t.layout()
}

// OpenAt shows the conversation with c at a message, a third of the room below
// the upper edge.
func (t *Timeline) OpenAt(c model.Contact, row int64) {
	t.Open(c, 0, 0, &Position{Row: row, Offset: t.Size().Height / 3})
}

// searched returns a number that is another after each search that marks words
// in the message, and 0 if none does.
func (t *Timeline) searched(id model.MessageID) int {
	if len(t.words[id]) == 0 {
		return 0
	}
	return t.search
}

// Searched returns what Found was told.
func (t *Timeline) Searched() (hit model.MessageID, words map[model.MessageID][]model.Range) {
	return t.hit, t.words
}

// Place returns where a message's bubble begins below the upper edge, if it is
// drawn.
func (t *Timeline) Place(id model.MessageID) (y float32, ok bool) {
	r := t.rows[id]
	if r == nil {
		return 0, false
	}
	return r.Position().Y + r.bubble.Y, true
}
