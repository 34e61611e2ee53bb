package people

import (
	"context"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/screens/part"
	"sotto/ui/stage"
	"sotto/ui/theme"
)

// AddContact is the page where two people become contacts: my code at the left,
// theirs at the right, below them the codes made so far.
func AddContact(h stage.Host, m Messenger) stage.Page { return AddContactBy(h, m, "") }

// AddContactBy is AddContact with a link written into the field for theirs, which
// the person still has to take.
func AddContactBy(h stage.Host, m Messenger, link string) stage.Page {
	return newAdding(h, m, link).page()
}

// AddContactNearby is AddContact with looking for people on this network switched
// on.
func AddContactNearby(h stage.Host, m Messenger) stage.Page {
	a := newAdding(h, m, "")
	p := a.page()
	p.Focus = func() { a.start(); a.near.on() }
	return p
}

func newAdding(h stage.Host, m Messenger, link string) *adding {
	a := &adding{h: h, m: m, link: link}
	a.near = newNearBy(a)
	a.mine, a.theirs, a.made = newMyCode(a), newTheirCode(a), newMade(a)
	return a
}

func (a *adding) page() stage.Page {
	cards := part.NewAdapt(896,
		kit.VStack(theme.S6, a.mine.card, a.theirs.card),
		kit.HStack(theme.S6, half(a.mine.card), half(a.theirs.card)))
	all := kit.VStack(theme.S6, cards, a.made.card)
	a.body = kit.NewScroll(part.NewAdapt(600, kit.PadAll(theme.S4, all), kit.PadAll(theme.S8, all)))
	return stage.Page{
		Key: "add", Title: wordAdd, Text: wordAddText, Content: a.body,
		Focus:    a.start,
		OnEvents: a.events,
		OnClose:  a.close,
	}
}

// adding is the page.
type adding struct {
	h      stage.Host
	m      Messenger
	link   string // offered when the page opens
	body   *kit.Scroll
	mine   *myCode
	theirs *theirCode
	near   *nearBy
	made   *made
	list   []model.Invitation // of ours
	stop   func()             // takes drop and paste back
	closed bool
}

func (a *adding) start() {
	undrop, unpaste := part.OnDrop(a.h, a.theirs.picture), onPaste(a.h, a.theirs.paste)
	unscreen := onKey(a.h, &desktop.CustomShortcut{KeyName: fyne.KeyS, Modifier: fyne.KeyModifierControl | fyne.KeyModifierShift}, a.theirs.screen)
	a.stop = func() { undrop(); unpaste(); unscreen() }
	a.load(true)
	a.theirs.load()
	a.near.load()
	if a.link != "" {
		a.theirs.offer(a.link)
	}
	a.tick()
}

func (a *adding) close() {
	a.closed = true
	a.near.leave()
	if a.stop != nil {
		a.stop()
	}
}

func (a *adding) events(es []model.Event) {
	if touches(es, model.EventInvitation, model.EventRequest) {
		a.load(false)
	}
	if touches(es, model.EventJoin, model.EventContact) {
		a.theirs.load()
	}
	if touches(es, model.EventNearby, model.EventJoin, model.EventContact) {
		a.near.load()
	}
}

// tick keeps what runs down up to date.
func (a *adding) tick() {
	later(a.h, 20*time.Second, func() {
		if !a.closed {
			a.mine.count()
			a.made.count()
			a.near.count()
			a.tick()
		}
	})
}

// load reads the invitations. If none is open in the mode on show, one is made
// when the page opens, the mode changes, or the one on show was used.
func (a *adding) load(make bool) {
	var list []model.Invitation
	mode := a.mine.mode
	a.h.Run(func(ctx context.Context) (err error) {
		if list, err = a.m.Invitations(ctx); err != nil {
			return err
		}
		if make && openIn(list, mode) == nil {
			i, err := a.m.CreateInvitation(ctx, mode, 0)
			if err != nil {
				return err
			}
			list = append([]model.Invitation{i}, list...)
		}
		return nil
	}, func(err error) {
		if a.closed || mode != a.mine.mode {
			return
		}
		if err != nil {
			a.mine.fails(err)
			return
		}
		a.list = list
		a.mine.show(openIn(list, mode), list)
		a.made.show(list, a.mine.invitation.ID)
		a.relayout()
	})
}

// isMine reports whether a code is one of ours, which the screen shows as well.
func (a *adding) isMine(text string) bool {
	return slices.ContainsFunc(a.list, func(i model.Invitation) bool { return strings.EqualFold(i.Link, text) })
}

// relayout gives the cards the heights that they need now.
func (a *adding) relayout() { a.body.Refresh() }

// openIn returns the newest open invitation of that mode, or nil.
func openIn(list []model.Invitation, mode model.Mode) *model.Invitation {
	for i := range list {
		if list[i].Mode == mode && list[i].State == model.InvitationOpen {
			return &list[i]
		}
	}
	return nil
}

// cardWith is a card with 20 pixels above and below and 24 at the sides.
func cardWith(o fyne.CanvasObject) fyne.CanvasObject {
	return kit.NewBox(theme.Card, kit.Pad(21, 25, 21, 25, o)).Stroke(theme.Line).Radius(theme.RadiusXL)
}

// half takes as much of a row as the others that are made by it, whatever is
// in it.
func half(o fyne.CanvasObject) fyne.CanvasObject { return kit.GrowBoth(part.NewAdapt(0, o, o)) }
