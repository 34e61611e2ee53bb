package emoji

import (
	"slices"

	"sotto/app/model"
)

// Recent are the emoji that were used last, the newest first.
type Recent struct{ used []Emoji }

// Restore takes over what was kept of an earlier window, behind what was used
// since; what the font does not have is left out.
func (r *Recent) Restore(texts []string) {
	for _, text := range texts {
		if e, ok := written(text); ok && !slices.Contains(r.used, e) {
			r.used = append(r.used, e)
		}
	}
	r.cut()
}

// Use puts e first.
func (r *Recent) Use(e Emoji) {
	r.used = slices.DeleteFunc(r.used, func(x Emoji) bool { return x.Text == e.Text })
	r.used = slices.Insert(r.used, 0, e)
	r.cut()
}

func (r *Recent) cut() { r.used = r.used[:min(len(r.used), model.MaxUsedEmoji)] }

// All returns them.
func (r *Recent) All() []Emoji { return r.used }

// Texts returns them as they are written.
func (r *Recent) Texts() []string {
	var texts []string
	for _, e := range r.used {
		texts = append(texts, e.Text)
	}
	return texts
}
