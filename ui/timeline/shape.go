package timeline

import (
	"fmt"
	"strings"

	"sotto/app/model"
	"sotto/ui/flow"
	"sotto/ui/kit"
	"sotto/ui/theme"
	"sotto/ui/when"
)

// shape is how a message's text, or a note's, is set at a width.
type shape struct {
	text     *flow.Text // of a bubble; else lines
	revision int64
	room     float32 // the width it was set for
	style    theme.Style
	body     theme.Style // of messages when it was set
	large    bool        // emoji alone, without a bubble
	link     float32     // width of a note's link; 0 is none
	lines    []kit.Line
	top      float32 // of the text in the bubble
	quoteY   float32 // of what is answered; 0 is none
	tomb     bool    // lines say that it was deleted
	pills    []pill
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
	if s := t.shapes[m.ID]; s != nil && s.revision == m.Revision && s.room == room && s.body == theme.Message() {
		return s
	}
	var s *shape
	if m.Note == "" {
		s = newShape(m, t.contact, room)
	} else {
		s = newNote(m, t.contact, room)
	}
	s.body = theme.Message()
	t.shapes[m.ID] = s
	return s
}

func newShape(m model.Message, c model.Contact, room float32) *shape {
	s := &shape{revision: m.Revision, room: room, style: theme.Message(), time: when.Clock(m.Time)}
	if m.Edited && m.Deleted == model.DeletedNot {
		s.time = fmt.Sprintf(wordEdited, s.time)
	}
	s.set(m, c, room)
	s.pills = pills(m, s.w)
	return s
}

func (s *shape) set(m model.Message, c model.Contact, room float32) {
	switch n := kit.EmojiOnly(m.Text, 6); {
	case n == 0 || m.Quote != nil || m.Forwarded:
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
		return
	}
	s.top = padY
	text := float32(0)
	if m.Forwarded {
		s.top += forwardedHeight
		text = 18 + kit.Measure(wordForwarded, theme.Caption)
	}
	if m.Quote != nil {
		who, words := quoteWords(m.Quote, c.Name)
		text = max(text, 2*quotePad+max(kit.Measure(who, theme.Caption.SemiBold()), kit.Measure(oneLine(words), theme.Small))+1)
		s.quoteY = s.top
		s.top += quoteHeight + quoteGap
	}
	text = min(text, room-2*padX)
	var last, height float32
	if m.Deleted != model.DeletedNot {
		s.tomb = true
		s.lines = kit.Wrap(DeletedWords(m, c.Name), s.style, room-2*padX-tombIndent)
		height = float32(len(s.lines)) * s.style.Line
		for _, l := range s.lines {
			text, last = max(text, tombIndent+l.Width), tombIndent+l.Width
		}
	} else {
		s.text = flow.Set(m.Text, s.style, room-2*padX)
		text, last, height = max(text, s.text.W), s.text.Last, s.text.H
	}
	timeWidth := kit.Measure(s.time, theme.Micro) + float32(len(signs(m)))*signWidth
	if m.Direction == model.Outgoing {
		timeWidth += 3 + 14
	}
	// The time's baseline is 2 below the text's.
	s.timeY = s.top + height - s.style.Line + s.style.Baseline() + 2 - theme.Micro.Baseline()
	if need := last + 12 + timeWidth; need <= room-2*padX {
		text = max(text, need)
	} else {
		text = max(text, timeWidth)
		s.timeY = s.top + height
		height += 16
	}
	s.w, s.h = text+2*padX, s.top+height+padY
	s.timeX = s.w - padX - timeWidth
}

const tombIndent = 20 // for the icon before the words of what was deleted

// oneLine returns a beginning of s that is longer than any line.
func oneLine(s string) string {
	if len(s) > model.MaxQuote {
		s = strings.ToValidUTF8(s[:model.MaxQuote], "")
	}
	return strings.Join(strings.Fields(s), " ")
}

// visible returns which lines are to be drawn when the window begins at top,
// measured from the bubble's.
func (s *shape) visible(top, height float32) (from, to int) {
	if s.text == nil {
		return 0, len(s.lines)
	}
	return s.text.Visible(top-s.top, height)
}
