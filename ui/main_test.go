package ui

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"image"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/stage"
	"sotto/ui/theme"
	"sotto/ui/uitest"
)

var now = time.Date(2026, 11, 23, 14, 2, 0, 0, time.Local)

// rig is a window whose UI goroutine is the test's: what the pump hands over is
// run by until.
type rig struct {
	t     *testing.T
	w     *Window
	m     *uitest.Messenger
	queue chan func()
	locks int
}

func newRig(t *testing.T, m *uitest.Messenger, s stage.Screens, size fyne.Size) *rig {
	t.Helper()
	r := &rig{t: t, m: m, queue: make(chan func(), 1000)}
	r.w = newWindow(test.NewTempApp(t), func(f func()) { r.queue <- f })
	theme.Use(r.w.app, theme.Look{Mode: theme.Light})
	r.w.window.Resize(size)
	r.w.Start(uitest.Guard(m), s, func() { r.locks++ })
	t.Cleanup(func() { r.w.end(); r.w.pump.Close(); r.w.window.Close() })
	r.until("the list is read", func() bool { return r.w.main.self.Account != "" && !r.w.main.reading.busy })
	return r
}

// until runs what comes to the UI goroutine until done says so.
func (r *rig) until(what string, done func() bool) {
	r.t.Helper()
	guard := time.After(20 * time.Second)
	for !done() {
		select {
		case f := <-r.queue:
			f()
		case <-guard:
			r.t.Fatalf("never: %s", what)
		}
	}
}

func (r *rig) open(name string) {
	r.t.Helper()
	r.w.main.Converse(uitest.ID(name))
	all, _ := r.m.Messages(context.Background(), uitest.ID(name), model.Page{Limit: 50})
	r.until(name+" is open", func() bool { return r.talk().timeline.Messages() == len(all) })
}

func (r *rig) talk() *conversation { return r.w.main.talk }

func (r *rig) at(o fyne.CanvasObject) (x, y, w, h float32) {
	p, s := fyne.CurrentApp().Driver().AbsolutePositionForObject(o), o.Size()
	return p.X, p.Y, s.Width, s.Height
}

func (r *rig) wantAt(what string, o fyne.CanvasObject, x, y, w, h float32) {
	r.t.Helper()
	if gx, gy, gw, gh := r.at(o); gx != x || gy != y || gw != w || gh != h {
		r.t.Errorf("%s is at %v,%v %v×%v; want %v,%v %v×%v", what, gx, gy, gw, gh, x, y, w, h)
	}
}

func story() *uitest.Messenger {
	m := uitest.New("Me")
	uitest.Story(m, now)
	return m
}

// The screen before the main window leaves nothing behind that has the keyboard
// and a caret to be painted.
func TestKeyboardIsFreeOnceUnlocked(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	field := kit.NewField("Passphrase")
	r.w.Show(field)
	field.Focus()
	if !field.Focused() {
		t.Fatal("the field does not take the keyboard")
	}
	r.w.Start(uitest.Guard(r.m), stage.Screens{}, func() {})
	if field.Focused() || r.w.window.Canvas().Focused() != nil {
		t.Error("the field has it still")
	}
}

func TestLayoutAsDrawn(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	r.open("Alice")
	v := r.w.main
	r.wantAt("list", v.list.content, 0, 0, 320, 800)
	r.wantAt("my avatar", v.list.me, 12, 14, 32, 32)
	r.wantAt("search", v.list.search, 52, 12, 211, 36)
	r.wantAt("first row", v.list.rows.rows[0], 8, 60, 303, 64)
	r.wantAt("second row", v.list.rows.rows[1], 8, 124, 303, 64)
	r.wantAt("avatar", v.list.rows.rows[0].avatar, 16, 70, 44, 44)
	r.wantAt("pane", v.pane, 320, 0, 960, 800)
	r.wantAt("header's avatar", v.talk.avatar, 340, 12, 36, 36)
	r.wantAt("timeline", v.talk.timeline, 320, 60, 960, 668)
	if x, y, w, h := r.at(v.talk.composer); x != 320 || y != 728 || w != 960 || h != 72 {
		t.Errorf("composer is at %v,%v %v×%v", x, y, w, h)
	}
	if x, w := v.talk.composer.column(960); x != 100 || w != 760 {
		t.Errorf("composer's box is at %v, %v wide", x, w)
	}
}

func TestNarrowShowsOnePane(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(420, 800))
	v := r.w.main
	if !v.list.content.Visible() || v.pane.Visible() {
		t.Fatal("the list is not alone")
	}
	r.open("Alice")
	if v.list.content.Visible() || !v.pane.Visible() || !v.talk.back.Visible() || v.talk.chip.Visible() {
		t.Fatal("the conversation is not alone")
	}
	r.wantAt("back", v.talk.back, 12, 12, 36, 36)
	if got := v.talk.presence.Text() + v.talk.way.Text(); got != "Online, same network" {
		t.Errorf("presence says %q", got)
	}
	v.escape()
	if !v.list.content.Visible() {
		t.Error("Esc does not lead back to the list")
	}
	r.open("Alice")
	r.w.window.Resize(fyne.NewSize(1000, 800))
	if !v.list.content.Visible() || !v.pane.Visible() {
		t.Error("a wide window does not show both")
	}
}

func key(name fyne.KeyName) *fyne.KeyEvent { return &fyne.KeyEvent{Name: name} }

// hold makes modifier keys appear to be held down.
func hold(t *testing.T, m fyne.KeyModifier) {
	before := kit.Modifiers
	kit.Modifiers = func() fyne.KeyModifier { return m }
	t.Cleanup(func() { kit.Modifiers = before })
}

func TestComposer(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	r.open("Alice")
	c := r.talk().composer
	held := r.talk().timeline.Messages()
	if got := r.w.window.Canvas().Focused(); got != fyne.Focusable(c.entry) {
		t.Errorf("the keyboard is with %T", got)
	}
	if c.send.Visible() {
		t.Error("there is a send button with nothing to send")
	}
	test.Type(c.entry, "One")
	hold(t, fyne.KeyModifierShift)
	c.entry.TypedKey(key(fyne.KeyReturn))
	test.Type(c.entry, "two")
	if c.entry.Text != "One\ntwo" {
		t.Fatalf("after Shift+Enter the field holds %q", c.entry.Text)
	}
	if h := c.Size().Height; h != 72+20 {
		t.Errorf("with two lines the composer is %v high", h)
	}
	for range 10 {
		c.entry.TypedKey(key(fyne.KeyReturn))
	}
	if h := c.Size().Height; h != 72+7*20 {
		t.Errorf("with twelve lines the composer is %v high", h)
	}
	hold(t, 0)
	c.entry.TypedKey(key(fyne.KeyReturn))
	if c.entry.Text != "" || c.Size().Height != 72 {
		t.Errorf("after Enter the field holds %q, %v high", c.entry.Text, c.Size().Height)
	}
	r.until("the message is shown", func() bool { return r.talk().timeline.Messages() == held+1 })
	ms, _ := r.m.Messages(context.Background(), uitest.ID("Alice"), model.Page{Limit: 1})
	if ms[0].Text != "One\ntwo" || ms[0].Direction != model.Outgoing {
		t.Errorf("sent %q", ms[0].Text)
	}
	c.entry.TypedKey(key(fyne.KeyReturn))
	test.Type(c.entry, "  ")
	c.entry.TypedKey(key(fyne.KeyReturn))
	if next, _ := r.m.Messages(context.Background(), uitest.ID("Alice"), model.Page{Limit: 1}); next[0].ID != ms[0].ID {
		t.Error("white space was sent")
	}
}

func TestTextThatCannotBeSentComesBack(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	r.open("Alice")
	r.m.SendError = model.E(model.NoSpace, "", nil)
	c := r.talk().composer
	c.entry.SetText("The disk is full")
	c.submit()
	if c.entry.Text != "" {
		t.Fatal("the field is not free for the next message at once")
	}
	r.until("it comes back", func() bool { return c.entry.Text == "The disk is full" })
}

func TestDrafts(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	r.open("Alice")
	test.Type(r.talk().composer.entry, "Not yet")
	r.open("Bob")
	if got := r.talk().composer.entry.Text; got != "" {
		t.Fatalf("Bob's field holds %q", got)
	}
	r.until("the list tells of the draft", func() bool {
		for _, d := range r.w.main.list.rows.data {
			if d.id == uitest.ID("Alice") && d.lead == wordDraft && d.preview == "Not yet" {
				return true
			}
		}
		return false
	})
	r.open("Alice")
	if got := r.talk().composer.entry.Text; got != "Not yet" {
		t.Errorf("Alice's field holds %q", got)
	}
}

func TestWhatArrivesIsShownAndRead(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	v := r.w.main
	if v.list.rows.data[0].unread != 2 {
		t.Fatalf("%d unread", v.list.rows.data[0].unread)
	}
	r.open("Alice")
	r.until("both are read", func() bool { return v.list.rows.data[0].unread == 0 })

	v.w.setFront(false)
	held := v.talk.timeline.Messages()
	r.m.Write(uitest.ID("Alice"), model.Incoming, model.Delivered, now, "Hello?")
	r.until("it is shown", func() bool { return v.talk.timeline.Messages() == held+1 })
	r.until("it is unread while the window is behind others", func() bool { return v.list.rows.data[0].unread == 1 })
	written := false
	v.writes.Run(func(context.Context) error { return nil }, func(error) { written = true })
	r.until("everything is written", func() bool { return written })
	if cs, _ := r.m.Conversations(context.Background()); cs[0].Unread != 1 {
		t.Error("it was marked as read behind other windows")
	}
	v.w.setFront(true)
	r.until("it is read", func() bool { return v.list.rows.data[0].unread == 0 })

	r.m.ChangeContact(uitest.ID("Alice"), func(c *model.Contact) { c.Via, c.LastSeen = model.ViaNone, now })
	r.until("the header knows", func() bool { return strings.HasPrefix(v.talk.presence.Text(), "Last seen") })
	r.m.SetStatus(func(s *model.Status, _ *model.Self) { s.Network = false })
	r.until("the footer knows", func() bool { return v.list.state.Text() == wordNoNetwork })
}

func TestSearchFiltersByName(t *testing.T) {
	m := story()
	uitest.Crowd(m, 20)
	r := newRig(t, m, stage.Screens{}, fyne.NewSize(1280, 800))
	v := r.w.main
	all := len(v.list.rows.data)
	r.find("bob LONG")
	if rows := r.foundRows(); len(rows) != 5 || rows[0] != "# People" {
		t.Errorf("%q of %d for a search", rows, all)
	}
	r.find("nobody at all")
	if !v.list.hintBox.Visible() || v.list.hint.Text() != wordNoMatch {
		t.Error("an empty result says nothing")
	}
	v.escape()
	if n := len(v.list.rows.data); n != all {
		t.Errorf("after Esc %d rows of %d", n, all)
	}
}

func TestAThousandContactsNeedAScreenOfRows(t *testing.T) {
	m := uitest.New("Me")
	uitest.Crowd(m, 1000)
	r := newRig(t, m, stage.Screens{}, fyne.NewSize(1280, 800))
	l := r.w.main.list.rows
	for range 40 {
		l.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -100)})
	}
	if n := len(l.rows); n > 13 {
		t.Errorf("%d rows made", n)
	}
	l.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -1e6)})
	last := l.rows[0]
	for _, row := range l.rows {
		if row.Visible() && row.Position().Y > last.Position().Y {
			last = row
		}
	}
	if end := last.Position().Y + rowHeight(); end != l.Size().Height-rowInset {
		t.Errorf("the last row ends at %v of %v", end, l.Size().Height)
	}
}

func TestStepsThroughConversations(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	v := r.w.main
	for _, s := range []struct {
		by   int
		want string
	}{{1, "Alice"}, {1, "Bob"}, {1, "Bob"}, {-1, "Alice"}} {
		v.step(s.by)
		if v.talk.id != uitest.ID(s.want) {
			t.Fatalf("not at %s", s.want)
		}
	}
}

func TestPages(t *testing.T) {
	var closed, told int
	page := stage.Page{Key: "add", Title: "Add a contact", Text: "Show your code", Content: kit.NewBox(theme.Card, nil),
		OnClose: func() { closed++ }, OnEvents: func(es []model.Event) { told += len(es) }}
	var host stage.Host
	screens := stage.Screens{
		AddContact: func(h stage.Host) stage.Page { host = h; return page },
		Settings: func(stage.Host, string) stage.Page {
			return stage.Page{Key: "settings", Full: true, Content: kit.NewBox(theme.Side, nil)}
		},
		Alarm: func(_ stage.Host, c model.Contact) fyne.CanvasObject {
			return kit.NewText(c.Name, theme.Title, theme.Danger)
		},
	}
	r := newRig(t, story(), screens, fyne.NewSize(1280, 800))
	v := r.w.main
	r.open("Alice")
	v.addContact()
	v.addContact()
	r.wantAt("page", page.Content, 320, 60, 960, 740)
	r.m.Write(uitest.ID("Alice"), model.Incoming, model.Delivered, now, "Hello?")
	r.until("the page is told", func() bool { return told > 0 })
	v.settings()
	if closed != 1 || !v.full.Visible() || v.list.content.Visible() {
		t.Errorf("closed %d times; a full page covers everything: %t", closed, v.full.Visible())
	}
	v.escape()
	if v.page != nil || v.talk.id != uitest.ID("Alice") || v.full.Visible() {
		t.Error("Esc does not lead back to the conversation")
	}
	host.Converse(uitest.ID("Bob"))
	if v.talk.id != uitest.ID("Bob") {
		t.Error("a page cannot open a conversation")
	}
	r.m.ChangeContact(uitest.ID("Bob"), func(c *model.Contact) { c.Alarm = model.AlarmKeysChanged })
	r.until("the alarm takes the composer's place", func() bool { return v.talk.alarm.Visible() && !v.talk.composer.Visible() })
	if got := v.talk.presence.Text(); got != wordAlarm {
		t.Errorf("under the name stands %q, not that sending is stopped", got)
	}
	r.w.Lock()
	if r.locks != 1 || r.w.main != nil {
		t.Errorf("locked %d times", r.locks)
	}
}

// TestTheEmptyFieldFits: it says to whom a message goes in the room that there is.
func TestTheEmptyFieldFits(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	r.open("Bob")
	r.m.ChangeContact(uitest.ID("Bob"), func(c *model.Contact) { c.Name = strings.Repeat("Bob of the long names ", 8) })
	p := r.talk().composer
	r.until("the name is there", func() bool { return strings.HasPrefix(p.entry.PlaceHolder, "Message to Bob of") })
	for _, width := range []float32{1280, 800, 420} {
		r.w.window.Resize(fyne.NewSize(width, 500))
		_, w := p.column(p.Size().Width)
		if got := kit.Measure(p.entry.PlaceHolder, theme.Body); got > p.textWidth(w) || got < p.textWidth(w)-60 || !strings.HasSuffix(p.entry.PlaceHolder, "…") {
			t.Errorf("in a window of %v %q is %v wide, there is room for %v", width, p.entry.PlaceHolder, got, p.textWidth(w))
		}
	}
	if !p.idle.Visible() || p.send.Visible() {
		t.Error("an empty field can be sent")
	}
	p.entry.SetText("x")
	if p.idle.Visible() || !p.send.Visible() {
		t.Error("what was written cannot be sent")
	}
}

// stuck answers nothing until the test ends.
type stuck struct {
	*uitest.Messenger
	free chan struct{}
}

func (s stuck) Conversations(context.Context) ([]model.Conversation, error) {
	<-s.free
	return nil, nil
}

func TestTheWindowNeverWaits(t *testing.T) {
	app := test.NewTempApp(t)
	queue := make(chan func(), 100)
	w := newWindow(app, func(f func()) { queue <- f })
	s := stuck{story(), make(chan struct{})}
	w.Start(s, stage.Screens{}, func() {}) // hangs if it asks by itself
	w.main.Converse(uitest.ID("Alice"))
	before := w.main
	w.Show(kit.NewBox(theme.Paper, nil))
	close(s.free)
	w.pump.Close()
	if before.session == nil || w.main != nil {
		t.Error("the main window is still on show")
	}
}

// A window that changed to dark looks like one that was dark from the start:
// nothing keeps a colour of the other theme.
func TestThemeReachesEverything(t *testing.T) {
	picture := func(first, then theme.Mode) image.Image {
		m := story()
		m.AddRequest(model.Request{ID: "1", Name: "Bob", Arrived: now})
		// The toolkit counts a minute for what it keeps from the last frame on, and
		// throws the window away half drawn if no test has drawn one for as long.
		test.NewTempApp(t)
		test.NewTempWindow(t, canvas.NewRectangle(theme.Color(theme.Paper))).Canvas().Capture()
		r := newRig(t, m, stage.Screens{}, fyne.NewSize(760, 480))
		theme.Use(r.w.app, theme.Look{Mode: first})
		r.open("Alice")
		r.until("the request is read", func() bool { return len(r.w.main.requests) == 1 })
		r.until("read", func() bool { return r.w.main.list.rows.data[1].unread == 0 })
		r.until("quiet", func() bool { return !r.w.main.reading.busy && len(r.queue) == 0 })
		test.Type(r.talk().composer.entry, "Ten minutes away")
		r.w.window.Canvas().Unfocus()
		theme.Use(r.w.app, theme.Look{Mode: then, Accent: "Plum"})
		// The toolkit's test application tells its windows later, on a goroutine.
		refreshAll(r.w.root)
		return r.w.window.Canvas().Capture()
	}
	changed, from := picture(theme.Light, theme.Dark).(*image.NRGBA), picture(theme.Dark, theme.Dark).(*image.NRGBA)
	differ := 0
	for i := range from.Pix {
		if from.Pix[i] != changed.Pix[i] {
			differ++
		}
	}
	if differ > 0 {
		t.Errorf("%d of %d bytes of the picture keep the old theme", differ, len(from.Pix))
	}
	theme.Use(fyne.CurrentApp(), theme.Look{Mode: theme.Dark})
	if got := from.NRGBAAt(740, 200); got != theme.Color(theme.Paper) {
		t.Errorf("the paper is %v: the picture is of something else", got)
	}
}

// refreshAll refreshes as the toolkit does after a change of theme.
func refreshAll(o fyne.CanvasObject) {
	switch o := o.(type) {
	case fyne.Widget:
		for _, c := range test.WidgetRenderer(o).Objects() {
			refreshAll(c)
		}
	case *fyne.Container:
		for _, c := range o.Objects {
			refreshAll(c)
		}
	}
	o.Refresh()
}

// fyne.Do is called in one place, and fyne.DoAndWait in none.
func TestOnePump(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, ok := s.X.(*ast.Ident)
			if ok && x.Name == "fyne" && (s.Sel.Name == "DoAndWait" || s.Sel.Name == "Do" && path != "window.go") {
				t.Errorf("%s calls fyne.%s", path, s.Sel.Name)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
