package people

import (
	"context"
	"fmt"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/screens/say"
	"sotto/ui/theme"
)

// nearBy is the part of the card that finds people on this network: a switch, and
// while it is on, who else has it on. Leaving the page switches it off.
type nearBy struct {
	a      *adding
	card   *fyne.Container
	text   *kit.Text
	onoff  *kit.Switch
	people *fyne.Container // who is there; hidden while it is off
	state  model.Nearby
	busy   bool // it is being switched
}

func newNearBy(a *adding) *nearBy {
	n := &nearBy{a: a, people: kit.VStack(0)}
	n.text = kit.Paragraph(wordNearbyText, theme.Caption, theme.Ink2)
	n.onoff = kit.NewSwitch(wordNearby, false, n.turn)
	row := kit.HStack(theme.S3, kit.IconSquare("lan", 36, false),
		kit.Grow(kit.VStack(0, kit.NewText(wordNearby, theme.Body.SemiBold(), theme.Ink), n.text)), n.onoff)
	n.people.Hide()
	n.card = kit.VStack(0, kit.Pad(theme.S3, 0, theme.S2, 0, kit.Hairline()),
		kit.Pad(8, 4, 8, 0, row), n.people)
	return n
}

// turn switches it on or off.
func (n *nearBy) turn(on bool) {
	n.busy = true
	n.onoff.Disable()
	n.a.theirs.fails("")
	n.a.h.Run(func(ctx context.Context) error {
		if !on {
			return n.a.m.StopNearby(ctx)
		}
		_, err := n.a.m.StartNearby(ctx, model.DefaultNearby)
		return err
	}, func(err error) {
		n.busy = false
		n.onoff.Enable()
		if n.a.closed {
			n.leave() // before it was on
			return
		}
		if err != nil {
			n.a.theirs.fails(say.Error(err))
		}
		n.load()
	})
}

// on switches it on for somebody who came to the page for that.
func (n *nearBy) on() {
	n.onoff.Set(true)
	n.turn(true)
}

// leave switches it off if it may be on.
func (n *nearBy) leave() {
	if n.state.On || n.busy {
		n.a.h.Run(func(ctx context.Context) error { return n.a.m.StopNearby(ctx) }, func(error) {})
	}
}

// load reads who is there.
func (n *nearBy) load() {
	var state model.Nearby
	n.a.h.Run(func(ctx context.Context) (err error) {
		state, err = n.a.m.Nearby(ctx)
		return err
	}, func(err error) {
		if err == nil && !n.a.closed && !n.busy {
			n.show(state)
		}
	})
}

func (n *nearBy) show(state model.Nearby) {
	before := n.state
	n.state = state
	n.onoff.Set(state.On)
	n.count()
	if before.On == state.On && slices.Equal(before.People, state.People) {
		return // who goes through them with the keyboard stays where they are
	}
	n.people.Objects = nil
	if state.On {
		n.list(state.People)
		n.people.Show()
	} else {
		n.people.Hide()
	}
	n.a.relayout()
	if state.On && len(before.People) == 0 {
		n.reveal()
	}
}

// reveal scrolls to it, with the next frame: until then it has its old height.
func (n *nearBy) reveal() {
	n.a.h.Run(func(context.Context) error { return nil }, func(error) {
		if !n.a.closed {
			n.a.body.Reveal(n.card)
		}
	})
}

func (n *nearBy) list(people []model.NearbyPerson) {
	if len(people) == 0 {
		n.people.Add(kit.Pad(theme.S2, 0, theme.S2, 0, kit.Paragraph(wordNearbyNobody, theme.Small, theme.Ink)))
		return
	}
	for _, p := range people {
		n.people.Add(n.row(p))
	}
	n.people.Add(kit.Pad(theme.S2, 0, 0, 0, kit.Paragraph(wordNearbyCodeNote, theme.Caption, theme.Ink2)))
}

func (n *nearBy) row(p model.NearbyPerson) fyne.CanvasObject {
	var end fyne.CanvasObject
	switch {
	case p.Contact != "":
		end = kit.NewText(wordNearbyKnown, theme.Caption, theme.Ink2)
	case p.Join != "":
		end = kit.NewText(wordNearbyAsked, theme.Caption, theme.Ink2)
	default:
		b := kit.NewButton(wordNearbyAsk, kit.Secondary, func() { n.ask(p) }).WithSize(kit.Tiny)
		b.SetTip(fmt.Sprintf(wordNearbyAskTip, p.Name))
		end = b
	}
	words := kit.VStack(0, kit.NewText(p.Name, theme.Body.SemiBold(), theme.Ink).Elided(),
		kit.NewText(fmt.Sprintf(wordNearbyCode, p.Code), theme.Caption, theme.Ink2))
	return kit.Pad(6, 4, 6, 0, kit.HStack(theme.S3, kit.NewAvatar(p.Name, p.Name, 36), kit.Grow(words), end))
}

// ask asks somebody to be a contact.
func (n *nearBy) ask(p model.NearbyPerson) {
	var joined model.Join
	n.a.theirs.fails("")
	n.a.h.Run(func(ctx context.Context) (err error) {
		joined, err = n.a.m.JoinNearby(ctx, p.ID)
		return err
	}, func(err error) {
		if n.a.closed {
			return
		}
		if err != nil {
			n.a.theirs.fails(say.Error(err))
		} else {
			n.a.theirs.seen[joined.ID] = true
		}
		n.a.theirs.load()
		n.load()
	})
}

// count says for how long it is still on.
func (n *nearBy) count() {
	if n.state.On {
		n.text.SetText(fmt.Sprintf(wordNearbyOn, n.state.Name, say.Left(time.Until(n.state.Until)+30*time.Second)))
	} else {
		n.text.SetText(wordNearbyText)
	}
}
