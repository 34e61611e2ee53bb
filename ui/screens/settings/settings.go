// Package settings holds the pages of the settings: You, Appearance, Notifications,
// Privacy and lock, Mailboxes, Network, Shortcuts, What could be handed over,
// About. Only what is built has a row.
package settings

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/screens/part"
	"sotto/ui/screens/phrase"
	"sotto/ui/screens/say"
	"sotto/ui/stage"
	"sotto/ui/theme"
)

// Messenger is what the settings need of the messenger.
type Messenger interface {
	phrase.Messenger
	Self(ctx context.Context) (model.Self, error)
	SetName(ctx context.Context, name string) error
	Settings(ctx context.Context) (model.Settings, error)
	SetSettings(ctx context.Context, s model.Settings) error
	ChangePassphrase(ctx context.Context, old, new string) error
	Status(ctx context.Context) (model.Status, error)
	Retry(ctx context.Context)
	DismissPhraseUsed(ctx context.Context) error

	Contacts(ctx context.Context) ([]model.Contact, error)
	Mailboxes(ctx context.Context) (model.MailboxSummary, error)
	AddMailbox(ctx context.Context, link, name string) (model.Mailbox, error)
	AcceptMailbox(ctx context.Context, id model.ContactID) (model.Mailbox, error)
	RenameMailbox(ctx context.Context, id model.MailboxID, name string) error
	RemoveMailbox(ctx context.Context, id model.MailboxID) error
	ProbeMailbox(ctx context.Context, id model.MailboxID) error
	Hosting(ctx context.Context) (model.Hosting, error)
	SetHosting(ctx context.Context, contacts []model.ContactID, quota int64) error
}

// Program is what the settings say of the program and its desktop.
type Program struct {
	Version string
	// Notifies reports whether somebody on the desktop shows notifications; nil
	// says nothing of it.
	Notifies func() bool
	// Autostart starts the program with the desktop; nil where that is not
	// possible.
	Autostart Switch
}

// Switch is something on the disk that is on or off.
type Switch interface {
	On() bool
	Set(on bool) error
}

// Settings shows all pages, beginning with You or, if there is one with that icon,
// the page named at.
func Settings(h stage.Host, m Messenger, program Program, at string) stage.Page {
	s := &settings{h: h, m: m, program: program}
	s.mail = newMailboxes(s)
	s.reach = &page{icon: "globe", title: wordNetwork, text: wordNetworkText, content: s.network}
	s.boxes = &page{icon: "mailbox", title: wordMailboxes, text: wordMailText, content: s.mail.content}
	s.locks = &page{icon: "lock", title: wordPrivacy, text: wordPrivacyText, content: s.privacy}
	s.pages = []*page{
		{icon: "person", title: wordYou, text: wordYouText, content: s.you},
		{icon: "sun", title: wordAppearance, text: wordAppearText, content: s.appearance},
		{icon: "bell", title: wordNotifications, text: wordNotifyText, content: s.notifications},
		s.locks,
		s.boxes,
		s.reach,
		{icon: "keyboard", title: wordShortcuts, text: wordShortcutsText, content: s.shortcuts},
		{icon: "eye", title: wordHanded, text: wordHandedText, content: s.handed, wide: handedWide},
		{icon: "info", title: wordAbout, text: wordAboutText, content: s.about},
	}
	return stage.Page{
		Key: "settings", Full: true, Content: s.frame(),
		Focus:    func() { s.start(at) },
		OnEvents: s.events,
	}
}

// settings is the screen.
type settings struct {
	h       stage.Host
	m       Messenger
	program Program

	pages []*page
	reach *page // the network; it and the mailboxes change by themselves
	boxes *page
	locks *page
	mail  *mailboxes
	at    *page // on show; nil in a narrow window is the list of pages
	root  *part.Adapt
	body  *kit.Scroll
	used  *fyne.Container // on the page You: that somebody used the phrase

	self    model.Self
	choices model.Settings
	status  model.Status
	begins  bool // with the desktop
	loaded  bool
}

// page is one of the pages.
type page struct {
	icon, title, text string
	content           func() fyne.CanvasObject
	wide              float32 // of what is on it, if not pageWide
	row               *kit.Tile
	drawing           *kit.Icon
	words             *kit.Text
}

// Widths, in pixels.
const (
	navLeast = 272 // of the list of pages
	navMost  = 340
	pageWide = 680
)

// frame is the list of pages at the left and the page beside it; in a narrow
// window one of them.
func (s *settings) frame() fyne.CanvasObject {
	s.body = kit.NewScroll(kit.Fill())
	nav := kit.NewBox(theme.Side, s.nav())
	line := kit.HairlineUpright()
	width := s.navWidth()
	wide := kit.Place(fyne.NewSize(0, 0), func(size fyne.Size) {
		nav.Show()
		s.body.Show()
		kit.At(nav, 0, 0, width-1, size.Height)
		kit.At(line, width-1, 0, 1, size.Height)
		kit.At(s.body, width, 0, size.Width-width, size.Height)
	}, nav, line, s.body)
	back := kit.NewIconButton("back", wordBack, func() { s.open(nil) })
	narrow := kit.Place(fyne.NewSize(0, 0), func(size fyne.Size) {
		on := s.at != nil
		for _, o := range []struct {
			o  fyne.CanvasObject
			on bool
		}{{nav, !on}, {s.body, on}, {back, on}} {
			if o.on {
				o.o.Show()
			} else {
				o.o.Hide()
			}
		}
		kit.At(nav, 0, 0, size.Width, size.Height)
		kit.At(back, 12, 12, 36, 36)
		kit.At(s.body, 0, 48, size.Width, size.Height-48)
	}, nav, s.body, back)
	s.root = part.NewAdapt(720, narrow, wide)
	return s.root
}

// navWidth returns how wide the list of pages is: as drawn, or wider where a title
// of another language needs that.
func (s *settings) navWidth() float32 {
	w := float32(navLeast)
	for _, p := range s.pages {
		w = max(w, 8+11+18+13+kit.Measure(p.title, theme.Body.SemiBold())+1+12+8)
	}
	return min(w, navMost)
}

func (s *settings) nav() fyne.CanvasObject {
	head := kit.HStack(theme.S2, kit.NewIconButton("back", wordBack, s.h.Close), kit.NewText(wordSettings, theme.Title, theme.Ink))
	list := kit.VStack(2)
	for _, p := range s.pages {
		p.drawing = kit.NewIcon(p.icon, 18, theme.Ink2)
		p.words = kit.NewText(p.title, theme.Body, theme.Ink).Elided()
		row := kit.Pad(10, 12, 10, 11, kit.HStack(13, p.drawing, kit.Grow(p.words)))
		p.row = kit.NewTile(kit.TileNav, theme.RadiusMD, p.title, row, func() { s.open(p) })
		list.Add(p.row)
	}
	return kit.VStack(0, kit.Pad(12, 12, 12, 12, head), kit.Pad(0, 8, 8, 8, list), kit.Fill())
}

// open shows p; nil shows the list of pages where there is room for one only.
func (s *settings) open(p *page) {
	s.at = p
	for _, q := range s.pages {
		on := q == p
		q.row.SetOn(on)
		st, ink := theme.Body, theme.Ink2
		if on {
			st, ink = st.SemiBold(), theme.AccentInk
		}
		q.words.SetStyle(st)
		q.drawing.Set(q.icon, ink)
	}
	s.show()
	s.root.Refresh()
}

// show draws the page at hand anew.
func (s *settings) show() {
	if s.at == nil || !s.loaded {
		return
	}
	wide := s.at.wide
	if wide == 0 {
		wide = pageWide
	}
	s.body.SetContent(kit.Pad(36, 20, 40, 20, kit.Column(wide, kit.VStack(0,
		kit.NewText(s.at.title, theme.Heading, theme.Ink),
		kit.Spacer(0, theme.S1),
		kit.Paragraph(s.at.text, theme.Body, theme.Ink2),
		kit.Spacer(0, theme.S6),
		s.at.content()))))
}

// The pages that are opened from elsewhere, by the names of their icons.
const AtShortcuts = "keyboard"

// start opens the page that is asked for, or the first where there is room beside
// the list of them.
func (s *settings) start(at string) {
	first := slices.IndexFunc(s.pages, func(p *page) bool { return p.icon == at })
	switch {
	case first >= 0:
		s.open(s.pages[first])
	case s.h.Window().Canvas().Size().Width >= 720:
		s.open(s.pages[0])
	}
	s.load()
}

// load reads everything and shows the page at hand anew.
func (s *settings) load() {
	var self model.Self
	var choices model.Settings
	var status model.Status
	var begins bool
	s.h.Run(func(ctx context.Context) (err error) {
		begins = s.program.Autostart != nil && s.program.Autostart.On()
		if self, err = s.m.Self(ctx); err != nil {
			return err
		}
		if choices, err = s.m.Settings(ctx); err != nil {
			return err
		}
		status, err = s.m.Status(ctx)
		return err
	}, func(err error) {
		if err != nil {
			s.fails(err)
			return
		}
		s.self, s.choices, s.status, s.begins = self, choices, status, begins
		first := !s.loaded
		s.loaded = true
		// What is being written on a page is not to be lost.
		if first || s.at == s.reach {
			s.show()
			return
		}
		s.setUsed()
	})
}

func (s *settings) events(es []model.Event) {
	for _, e := range es {
		switch e.Kind {
		case model.EventMailbox, model.EventContact, model.EventResync:
			if s.at == s.boxes {
				s.mail.load()
			}
		}
	}
	for _, e := range es {
		switch e.Kind {
		case model.EventSelf, model.EventNetwork, model.EventContact, model.EventResync:
			s.load()
			return
		}
	}
}

// fails says what went wrong.
func (s *settings) fails(err error) {
	kit.ShowToast(s.body, kit.Toast{Icon: "warning", Text: say.Error(err)})
}

// set stores the choices after change, and shows the page again if that fails.
func (s *settings) set(change func(*model.Settings)) {
	next := s.choices
	change(&next)
	s.h.Run(func(ctx context.Context) error { return s.m.SetSettings(ctx, next) }, func(err error) {
		if err != nil {
			s.fails(err)
			s.show()
			return
		}
		s.choices = next
	})
}

// lockChoices are the times after which the window locks itself; 0 is never.
var lockChoices = []time.Duration{5 * time.Minute, 10 * time.Minute, 30 * time.Minute, 0}

// retry asks the network to look again at once.
func (s *settings) retry(ctx context.Context) error {
	s.m.Retry(ctx)
	return nil
}
