package emoji

import "slices"

const mostRecent = 32

// Recent are the emoji that were used last, the newest first. They are forgotten
// with the window, so that nothing of what was written outlives it.
type Recent struct{ used []Emoji }

// Use puts e first.
func (r *Recent) Use(e Emoji) {
	r.used = slices.DeleteFunc(r.used, func(x Emoji) bool { return x.Text == e.Text })
	r.used = slices.Insert(r.used, 0, e)
	r.used = r.used[:min(len(r.used), mostRecent)]
}

// All returns them.
func (r *Recent) All() []Emoji { return r.used }
