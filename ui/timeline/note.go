package timeline

import (
	"fmt"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/text"
	"sotto/ui/theme"
	"sotto/ui/when"
)

const (
	noteSide = 14 + 6 // left and right of a note's words: an icon and a gap
	noteGap  = 6      // before the link at their end
)

// noteWords are the sentences of the lines that nobody wrote. Those about
// sessions are shown on both sides, and say no more than both know.
var noteWords = map[model.Note]string{
	model.NoteDeviceAdded:      text.L("%s added a device"),
	model.NoteDeviceRemoved:    text.L("%s removed a device"),
	model.NoteSessionRenewed:   text.L("New secure session with %s"),
	model.NoteSessionRestarted: text.L("You and %s started over without the old keys"),
	model.NoteTimer:            text.L("How long messages with %s stay was changed"),
}

// NoteWords says a note about the contact of that name, without a full stop.
func NoteWords(m model.Message, name string) string {
	if m.Note != model.NoteTimer {
		return fmt.Sprintf(noteWords[m.Note], name)
	}
	mine := m.Direction == model.Outgoing
	switch {
	case mine && m.Timer > 0:
		return fmt.Sprintf(wordYouTimer, when.Span(m.Timer))
	case mine:
		return wordYouTimerOff
	case m.Timer > 0:
		return fmt.Sprintf(wordTimer, name, when.Span(m.Timer))
	}
	return fmt.Sprintf(wordTimerOff, name)
}

// noteIcon returns the icon of a note and its colour, which is the words' too.
func noteIcon(n model.Note) (icon string, ink theme.Token) {
	switch n {
	case model.NoteDeviceAdded, model.NoteDeviceRemoved:
		return "devices", theme.Ink2
	case model.NoteSessionRestarted:
		return "shield-warning", theme.Warn
	case model.NoteTimer:
		return "timer", theme.Ink2
	}
	return "key", theme.Ink2
}

// asksToVerify reports whether a note ends in the way to the safety number: it
// told that verification has lapsed, and that was not made good since.
func asksToVerify(n model.Note, c model.Contact) bool {
	return n == model.NoteSessionRestarted && c.Trust == model.TrustConfirmed
}

// newNote sets a note in lines around the middle of the room. The link stands at
// the end of the last one, or below it where there is no room.
func newNote(m model.Message, c model.Contact, room float32) *shape {
	s := &shape{revision: m.Revision, room: room, style: theme.Caption, w: room, time: when.Clock(m.Time)}
	s.lines = kit.Wrap(fmt.Sprintf(wordNoteAt, NoteWords(m, c.Name), s.time), s.style, room-2*noteSide)
	if asksToVerify(m.Note, c) {
		s.link = kit.Measure(wordCompare, s.style.SemiBold())
		if last := s.lines[len(s.lines)-1].Width; last+noteGap+s.link > room-2*noteSide {
			s.lines = append(s.lines, kit.Line{})
		}
	}
	s.h = float32(len(s.lines)) * s.style.Line
	return s
}

// drawNote draws a note with its upper edge at y.
func (r *row) drawNote(y float32) {
	s := r.shape
	icon, ink := noteIcon(r.message.Note)
	for i, l := range s.lines {
		w, end := l.Width, l.Width
		if s.link > 0 && i == len(s.lines)-1 {
			if end > 0 {
				end += noteGap
			}
			w = end + s.link
		}
		x, top := (r.item.width-w)/2, y+float32(i)*s.style.Line
		if i == 0 {
			x += noteSide / 2 // the icon and the words together are in the middle
			r.icon(icon, ink, x-noteSide, top+1)
		}
		r.objects = kit.DrawLines(r.objects, s.lines[i:i+1], s.style, theme.Color(ink), x, top, 0, fyne.TextAlignLeading)
		if w > l.Width {
			link := r.compare()
			kit.At(link, x+end, top, s.link, s.style.Line)
			r.objects = append(r.objects, link)
		}
	}
}

// compare returns the row's link to the safety number, the same every time, so
// that it keeps the keyboard's focus when the row is drawn anew.
func (r *row) compare() *kit.Link {
	if r.note == nil {
		r.note = kit.NewLink(wordCompare, theme.Caption, func() {
			if r.t.OnVerify != nil {
				r.t.OnVerify()
			}
		})
	}
	return r.note
}

// forgetNotes sets the notes anew that are drawn next: they name the contact,
// and say how far it is verified.
func (t *Timeline) forgetNotes() {
	for _, m := range t.messages {
		if m.Note != "" {
			delete(t.shapes, m.ID)
		}
	}
}
