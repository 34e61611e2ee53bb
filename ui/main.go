package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/emoji"
	"sotto/ui/kit"
	"sotto/ui/stage"
	"sotto/ui/theme"
)

// Widths, in pixels.
const (
	narrowBelow = 720 // one pane
	listDefault = 320
	listLeast   = 260
	listMost    = 420
)

// mainView is the main window over one open profile.
type mainView struct {
	w       *Window
	m       Messenger
	screens stage.Screens
	onLock  func()
	session *stage.Session
	writes  *stage.Queue // sends, drafts and read marks, in order
	cancel  func()       // of the subscription

	self          model.Self
	status        model.Status
	choices       model.Settings
	conversations []model.Conversation
	requests      []model.Request
	mailboxes     []model.Mailbox

	content   fyne.CanvasObject
	list      *list
	find      *finder
	switching *switcher // opened last
	pane      *kit.Box  // what lies beside the list
	paneHold  *holder
	full      *holder // a page over everything
	notice    *holder // the banner above the pane
	noticed   string  // what it says
	crash     string  // the report of a crash that is to be told of
	handle    *handle
	talk      *conversation
	page      *stage.Page
	pageView  fyne.CanvasObject
	listWidth float32
	size      fyne.Size
	openers   map[model.ContactID]*opener
	notified  map[string]bool // keys of what stands on the desktop
	known     bool            // conversations were read before
	asked     bool            // requests were
	narrow    bool
	reading   loader // conversations
	asking    loader // requests
	looking   loader // status and self
	counting  loader // mailboxes
	recent    emoji.Recent
	recalled  bool // recent holds what earlier windows used
}

func newMain(w *Window, m Messenger, screens stage.Screens, onLock func()) *mainView {
	v := &mainView{w: w, m: m, screens: screens, onLock: onLock, session: w.pump.NewSession(), openers: map[model.ContactID]*opener{}, notified: map[string]bool{}}
	v.writes = v.session.NewQueue()
	v.status.Network = true
	v.listWidth = float32(w.app.Preferences().FloatWithFallback(prefList, listDefault))
	v.find = newFinder(v)
	v.list = newList(v)
	v.talk = newConversation(v)
	v.paneHold, v.full, v.notice = newHolder(), newHolder(), newHolder()
	v.pane = kit.NewBox(theme.Transparent, v.paneHold) // on the ground of the window
	v.handle = newHandle(func(dx float32) {
		v.listWidth = max(listLeast, min(listMost, v.listWidth+dx))
		v.arrange(v.size)
	})
	v.content = kit.Place(fyne.NewSize(360, 480), v.arrange, v.pane, v.list.content, v.handle, v.notice, v.full)
	v.showPane()
	return v
}

// start reads everything and listens to what changes from then on.
func (v *mainView) start() {
	events, cancel := v.m.Subscribe()
	v.cancel = cancel
	v.session.Listen(events, v.events)
	v.reload()
	kit.Touched()
	v.readEmoji()
	v.watchIdle()
	v.remindOfPhrase()
	v.readCrash()
}

func (v *mainView) end() {
	v.talk.leave()
	v.closePage()
	v.withdrawAll()
	v.cancel()
	v.session.End()
}

func (v *mainView) reload() {
	v.readConversations()
	v.readRequests()
	v.readStatus()
	v.readMailboxes()
}

// Run and the next few make mainView a stage.Host.
func (v *mainView) Run(work func(ctx context.Context) error, done func(error)) {
	v.session.Run(work, done)
}

// Window returns the toolkit's window.
func (v *mainView) Window() fyne.Window { return v.w.window }

// Lock locks the profile.
func (v *mainView) Lock() { v.w.Lock() }

// Open shows a page.
func (v *mainView) Open(p stage.Page) {
	if v.page != nil && v.page.Key == p.Key {
		return
	}
	v.closePage()
	v.w.window.Canvas().Unfocus()
	v.page = &p
	v.showPane()
	if p.Focus != nil {
		p.Focus()
	}
}

// Close closes the page on show.
func (v *mainView) Close() {
	if v.page == nil {
		return
	}
	v.closePage()
	v.w.window.Canvas().Unfocus()
	v.showPane()
	v.talk.focus()
}

func (v *mainView) closePage() {
	if p := v.page; p != nil {
		v.page, v.pageView = nil, nil
		if p.OnClose != nil {
			p.OnClose()
		}
	}
}

// Converse opens a conversation.
func (v *mainView) Converse(id model.ContactID) {
	v.closePage()
	v.find.at = -1 // a person was chosen, not a hit
	v.talk.open(id)
	v.talk.showFound()
	v.showPane()
	v.readConversations() // it may be new
	v.talk.focus()
}

// showPane puts what is to be seen beside the list.
func (v *mainView) showPane() {
	if v.page != nil && v.pageView == nil {
		v.pageView = v.pageFrame(*v.page)
	}
	v.full.set(nil)
	switch {
	case v.page != nil && v.page.Full:
		v.full.set(kit.Stack(kit.NewBox(theme.Paper, nil), v.pageView))
	case v.page != nil:
		v.paneHold.set(v.pageView)
	case v.talk.id != "":
		v.paneHold.set(v.talk.content)
	case len(v.conversations) == 0:
		v.paneHold.set(v.empty())
	default:
		v.paneHold.set(v.nothingChosen())
	}
	v.list.refresh()
	v.arrange(v.size)
	v.w.root.MoveToast()
}

// arrange lays list and pane out, one of them alone where the window is narrow.
func (v *mainView) arrange(s fyne.Size) {
	if s.Width == 0 {
		return
	}
	narrow := s.Width < narrowBelow
	changed := narrow != v.narrow
	v.size, v.narrow = s, narrow
	if changed {
		v.talk.setNarrow(narrow)
		if v.page != nil {
			v.pageView = v.pageFrame(*v.page)
			v.showPane()
			return
		}
	}
	kit.At(v.full, 0, 0, s.Width, s.Height)
	show(v.full, !v.full.empty())
	inPane := v.page != nil || v.talk.id != ""
	show(v.list.content, v.full.empty() && !(narrow && inPane))
	show(v.pane, v.full.empty() && !(narrow && !inPane))
	show(v.handle, v.full.empty() && !narrow)
	show(v.notice, v.full.empty() && !v.notice.empty())
	left := v.listWidth
	if narrow {
		left = 0
	}
	top := v.noticeHeight(s.Width - left)
	kit.At(v.notice, left, 0, s.Width-left, top)
	kit.At(v.pane, left, top, s.Width-left, s.Height-top)
	if narrow {
		kit.At(v.list.content, 0, top, s.Width, s.Height-top)
		return
	}
	kit.At(v.list.content, 0, 0, v.listWidth, s.Height)
	kit.At(v.handle, v.listWidth-4, 0, 8, s.Height)
}

// toastArea puts toasts above the composer, in the middle of the pane.
func (v *mainView) toastArea() (middle, bottom float32) {
	left := v.listWidth
	if v.narrow || !v.full.empty() {
		left = 0
	}
	bottom = v.size.Height - 24
	width := v.size.Width - left
	if v.page == nil && v.talk.id != "" {
		bottom -= v.talk.composer.height()
		width, _ = v.talk.rooms(width)
	}
	return left + width/2, bottom
}

// escape goes one step back: the search, the page, a message's details, the
// conversation.
func (v *mainView) escape() {
	switch {
	case v.find.active() || v.find.from != nil:
		v.find.leave()
	case v.list.clearSearch():
	case v.page != nil:
		v.Close()
	case v.talk.details.open():
		v.talk.closeDetails()
	case v.talk.id != "" && v.narrow:
		v.back()
	case v.list.archive:
		v.list.showArchive(false)
	case v.w.window.Canvas().Focused() == fyne.Focusable(v.talk.timeline):
		v.talk.focus()
	default:
		v.w.window.Canvas().Unfocus()
	}
}

// back leaves the conversation for the list.
func (v *mainView) back() {
	v.talk.leave()
	v.w.window.Canvas().Unfocus()
	v.showPane()
}

func (v *mainView) addContact() {
	if v.screens.AddContact != nil {
		v.Open(v.screens.AddContact(v))
	}
}

func (v *mainView) nearby() {
	if v.screens.Nearby != nil {
		v.Open(v.screens.Nearby(v))
	}
}

func (v *mainView) settings() { v.settingsAt("") }

func (v *mainView) shortcuts() { v.settingsAt("keyboard") }

func (v *mainView) settingsAt(page string) {
	if v.screens.Settings != nil {
		v.closePage() // it may be the settings, at another page
		v.Open(v.screens.Settings(v, page))
	}
}

func (v *mainView) openRequests() {
	if v.screens.Requests != nil {
		v.Open(v.screens.Requests(v))
	}
}

func (v *mainView) about(id model.ContactID) {
	if v.screens.Contact != nil {
		v.Open(v.screens.Contact(v, id))
	}
}

func (v *mainView) phrase() {
	if v.screens.Phrase != nil {
		v.Open(v.screens.Phrase(v))
	}
}

func (v *mainView) search() {
	if v.narrow && (v.page != nil || v.talk.id != "") {
		v.closePage()
		v.back()
	}
	v.list.search.Focus()
}

// searchHere searches in the conversation that is open.
func (v *mainView) searchHere() {
	if v.talk.id == "" {
		v.search()
		return
	}
	id := v.talk.id
	v.search()
	v.find.who = id
	v.find.set(v.list.search.Text())
	v.list.refresh()
}

// step opens the conversation above or below the one that is open.
func (v *mainView) step(by int) {
	shown := v.list.shown
	if len(shown) == 0 {
		return
	}
	at := -1
	for i, c := range shown {
		if c.Contact.ID == v.talk.id {
			at = i
		}
	}
	at = max(0, min(len(shown)-1, at+by))
	v.Converse(shown[at].Contact.ID)
}

func (v *mainView) cameToFront() { v.talk.markRead() }

func show(o fyne.CanvasObject, on bool) {
	if on != o.Visible() {
		if on {
			o.Show()
		} else {
			o.Hide()
		}
	}
}
