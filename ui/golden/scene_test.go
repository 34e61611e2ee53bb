package golden

import (
	"image"
	"image/color"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"sotto/app/model"
	"sotto/ui"
	"sotto/ui/screens/people"
	"sotto/ui/screens/screentest"
	"sotto/ui/screens/settings"
	"sotto/ui/screens/start"
	"sotto/ui/stage"
	"sotto/ui/theme"
	"sotto/ui/uitest"
)

// scene is the window over a messenger in memory, brought to where the picture is
// taken as a person would bring it there.
type scene struct {
	w *ui.Window
	m *screentest.Messenger
}

// take returns a picture of the window after show.
func take(t *testing.T, mode theme.Mode, show func(*scene)) (img image.Image) {
	t.Helper()
	app := test.NewTempApp(t)
	s := &scene{w: ui.New(app), m: screentest.New("Me")}
	s.m.Written = true // else the window reminds of the recovery phrase
	s.do(func() {
		theme.Use(app, theme.Look{Mode: mode, Still: true})
		s.w.Window().Resize(fyne.NewSize(1120, 700))
	})
	show(s)
	s.do(func() {
		img = s.w.Window().Canvas().Capture()
		paintsNothingUnseen(t, s.w.Window().Canvas().Content())
	})
	s.do(func() { s.w.Quit(); s.w.Window().Close() })
	return img
}

// paintsNothingUnseen checks that no rectangle is painted that cannot be seen, as
// the toolkit does with all but its own transparent colour; a renderer of software
// needs as long for it as for any other.
func paintsNothingUnseen(t *testing.T, content fyne.CanvasObject) {
	t.Helper()
	for _, o := range test.LaidOutObjects(content) {
		r, ok := o.(*canvas.Rectangle)
		if !ok || !r.Visible() || r.StrokeWidth > 0 || r.FillColor == nil || r.FillColor == color.Transparent {
			continue
		}
		if _, _, _, alpha := r.FillColor.RGBA(); alpha == 0 {
			t.Errorf("a rectangle of %v that cannot be seen is painted", r.Size())
		}
	}
}

// do does something on the goroutine of the window and waits for all that follows
// from it; the time of a scene passes by itself.
func (s *scene) do(f func()) {
	done := make(chan struct{})
	s.w.Post(func() { f(); close(done) })
	<-done
	time.Sleep(time.Second)
}

// tap clicks at a place of the window.
func (s *scene) tap(x, y float32) {
	s.do(func() { test.TapCanvas(s.w.Window().Canvas(), fyne.NewPos(x, y)) })
}

// open shows the main window, in it a page if there is one.
func (s *scene) open(page func(stage.Host) stage.Page) {
	s.do(func() { s.w.Start(s.m, stage.Screens{}, func() {}) })
	if page != nil {
		s.do(func() { s.w.Open(page) })
	}
}

// message gives the keyboard to the newest message on the screen.
func (s *scene) message(do func(fyne.Focusable)) {
	s.do(func() {
		c := s.w.Window().Canvas()
		c.FocusPrevious()
		do(c.Focused())
	})
}

func (s *scene) flow() *start.Flow { return &start.Flow{Window: s.w, Theme: func() {}} }

func (s *scene) welcome() { s.do(s.flow().Welcome) }

func (s *scene) lock() {
	s.do(func() { s.flow().Unlock(clock.Add(-time.Hour), nil) })
	s.leaveField()
}

func (s *scene) empty() { s.open(nil) }

// talk opens a conversation with day separators, an answer, reactions, an edited
// message, deleted ones and one that was forwarded.
func (s *scene) talk() {
	m := s.m.Messenger
	m.Now = clock
	m.Write(m.AddContact("Bob", nil), model.Incoming, model.Delivered, clock.Add(-3*time.Hour), "Is Alice in tonight? ☕")
	alice := m.AddContact("Alice", func(c *model.Contact) { c.Trust, c.Via = model.TrustVerified, model.ViaLAN })
	m.Write(alice, model.Outgoing, model.Read, clock.Add(-22*time.Hour), "Is it open on Mondays?")
	uitest.Doing(m, alice, clock.Add(-10*time.Minute))
	s.open(nil)
	s.tap(160, 92)
}

func (s *scene) conversation() { s.talk(); s.leaveField() }

// leaveField takes the keyboard from the field that has it: the painter of tests does
// not cut a field free of the toolkit's outline.
func (s *scene) leaveField() { s.do(s.w.Window().Canvas().Unfocus) }

func (s *scene) menu() {
	s.talk()
	s.message(func(at fyne.Focusable) { at.TypedKey(&fyne.KeyEvent{Name: desktop.KeyMenu}) })
}

func (s *scene) details() {
	uitest.Delivery(s.m.Messenger, "Bob")
	s.open(nil)
	s.tap(160, 92)
	s.message(func(at fyne.Focusable) { at.TypedRune('i') })
}

func (s *scene) invitation() {
	s.do(func() { s.w.Window().Resize(fyne.NewSize(1280, 800)) }) // both cards beside each other
	uitest.Story(s.m.Messenger, clock)
	s.open(func(h stage.Host) stage.Page { return people.AddContact(h, s.m) })
}

func (s *scene) request() {
	uitest.Story(s.m.Messenger, clock)
	s.m.Asked = []model.Request{{ID: "1", Contact: uitest.ID("Bob asks"), Name: "Bob", Text: "I am the one with the projector", Mode: model.ModeLink,
		InvitedAt: clock.Add(-26 * time.Hour), Arrived: clock.Add(-2 * time.Minute)}}
	s.open(func(h stage.Host) stage.Page { return people.Requests(h, s.m) })
}

func (s *scene) verify() {
	uitest.Story(s.m.Messenger, clock)
	alice := s.m.Add("Alice", nil)
	s.open(func(h stage.Host) stage.Page { return people.Verify(h, s.m, alice) })
}

func (s *scene) appearance() { s.settings("sun") }

func (s *scene) mailboxes() {
	s.m = screentest.Boxes("")
	s.m.Written = true
	s.settings("mailbox")
}

func (s *scene) settings(page string) {
	s.open(func(h stage.Host) stage.Page {
		return settings.Settings(h, s.m, settings.Program{Version: "0.1.0"}, page)
	})
}
