package timeline

import (
	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/theme"
	"sotto/ui/when"
)

// shape is how a message's text, or a note's, is set at a width.
type shape struct {
	revision int64
	room     float32 // the width it was set for
	style    theme.Style
	large    bool    // emoji alone, without a bubble
	link     float32 // width of a note's link; 0 is none
	lines    []kit.Line
	w, h     float32 // of the bubble
	time     string
	timeX    float32 // in the bubble; timeY is the top of its line
	timeY    float32
}

// sized returns the shape of a message, set anew only if it or the room changed.
func (t *Timeline) sized(m model.Message, content float32) *shape {
	room := content
	if m.Note == "" {
		room = min(480, content*.8)
	}
	if s := t.shapes[m.ID]; s != nil && s.revision == m.Revision && s.room == room {
		return s
	}
	var s *shape
	if m.Note == "" {
		s = newShape(m, room)
	} else {
		s = newNote(m, t.contact, room)
	}
	t.shapes[m.ID] = s
	return s
}

func newShape(m model.Message, room float32) *shape {
	s := &shape{revision: m.Revision, room: room, style: theme.Body, time: when.Clock(m.Time)}
	switch n := kit.EmojiOnly(m.Text, 6); {
	case n == 0:
	case n <= 3:
		s.large, s.style = true, theme.Emoji
	default:
		s.large, s.style = true, theme.Style{Size: 28, Line: 36}
	}
	if s.large {
		s.lines = kit.Wrap(m.Text, s.style, room)
		for _, l := range s.lines {
			s.w = max(s.w, l.Width+2*emojiInset)
		}
		s.h = float32(len(s.lines)) * s.style.Line
		return s
	}
	s.lines = kit.Wrap(m.Text, s.style, room-2*padX)
	text := float32(0)
	for _, l := range s.lines {
		text = max(text, l.Width)
	}
	last := s.lines[len(s.lines)-1].Width
	timeWidth := kit.Measure(s.time, theme.Micro)
	if m.Direction == model.Outgoing {
		timeWidth += 3 + 14
	}
	height := float32(len(s.lines)) * s.style.Line
	// The time's baseline is 2 below the text's.
	s.timeY = padY + height - s.style.Line + s.style.Baseline() + 2 - theme.Micro.Baseline()
	if need := last + 12 + timeWidth; need <= room-2*padX {
		text = max(text, need)
	} else {
		text = max(text, timeWidth)
		s.timeY = padY + height
		height += 16
	}
	s.w, s.h = text+2*padX, height+2*padY
	s.timeX = s.w - padX - timeWidth
	return s
}

// visible returns which lines are to be drawn when the window begins at top,
// measured from the bubble's: all of them, or of a very long text those on the
// screen and some more, in steps so that not every pixel asks for others.
func (s *shape) visible(top, height float32) (from, to int) {
	const few, step = 120, 50
	n := len(s.lines)
	if n <= few {
		return 0, n
	}
	from = (int(top/s.style.Line)/step - 1) * step
	to = (int((top+height)/s.style.Line)/step + 2) * step
	from = max(0, min(from, n))
	return from, max(from, min(to, n))
}
