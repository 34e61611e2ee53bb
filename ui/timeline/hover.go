package timeline

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/theme"
	"sotto/ui/when"
)

// What appears beside a bubble while the pointer is at it: a button to react with,
// and when the message was written, in words.

const (
	reactSize = 28
	reactGap  = 4 // between the bubble and the button
)

// reacts reports whether the message can be reacted to.
func (r *row) reacts() bool {
	return r.shape != nil && r.message.Note == "" && r.message.Deleted == model.DeletedNot && r.t.OnReactWith != nil
}

// reactAt returns where the button is: outside the bubble, at the side where nobody
// speaks.
func (r *row) reactAt() fyne.Position {
	x := r.bubble.X + r.shape.w + reactGap
	if r.message.Direction == model.Outgoing {
		x = r.bubble.X - reactGap - reactSize
	}
	return fyne.NewPos(x, r.bubble.Y+(min(r.shape.h, r.t.Size().Height)-reactSize)/2)
}

// inReact reports whether p lies on the button.
func (r *row) inReact(p fyne.Position) bool {
	if !r.reacts() || !r.hovered {
		return false
	}
	p = p.Subtract(r.reactAt())
	return p.X >= 0 && p.Y >= 0 && p.X < reactSize && p.Y < reactSize
}

// hover shows the button while the pointer is at the bubble or on the way to it.
func (r *row) hover(p fyne.Position) {
	over := r.inBubble(p)
	if !over && r.hovered {
		near := p.Y >= r.bubble.Y && p.Y < r.bubble.Y+r.shape.h
		x := r.reactAt().X
		over = near && p.X >= min(x, r.bubble.X) && p.X < max(x+reactSize, r.bubble.X+r.shape.w)
	}
	on := over && r.inReact(p)
	if over != r.hovered || on != r.onReact {
		r.hovered, r.onReact = over, on
		r.Refresh()
	}
}

func (r *row) unhover() {
	if r.hovered || r.onReact {
		r.hovered, r.onReact = false, false
		r.Refresh()
	}
}

// drawHover draws what stands beside the bubble.
func (r *row) drawHover() {
	if !r.hovered || !r.reacts() {
		return
	}
	at := r.reactAt()
	if ground := (&canvas.Rectangle{CornerRadius: theme.RadiusSM}); r.onReact {
		ground.FillColor = theme.Color(theme.Hover)
		kit.At(ground, at.X, at.Y, reactSize, reactSize)
		r.objects = append(r.objects, ground)
	}
	ink := theme.Ink2
	if r.onReact {
		ink = theme.Ink
	}
	im := canvas.NewImageFromResource(theme.Icon("react", ink))
	im.FillMode = canvas.ImageFillContain
	kit.At(im, at.X+5, at.Y+5, 18, 18)
	r.objects = append(r.objects, im)
	words := fmt.Sprintf(wordWritten, when.Day(r.message.Time, r.t.Now()), when.Clock(r.message.Time))
	w := kit.Measure(words, theme.Caption)
	x := at.X + reactSize + 6
	if r.message.Direction == model.Outgoing {
		x = at.X - 6 - w
	}
	if x >= 0 && x+w <= r.item.width { // else there is no room for it
		r.words(words, theme.Caption, theme.Ink2, x, at.Y+6, 0, fyne.TextAlignLeading)
	}
}

// tapReact asks for an emoji, beside the button.
func (r *row) tapReact(e *desktop.MouseEvent) bool {
	if !r.inReact(e.Position) {
		return false
	}
	pos := fyne.CurrentApp().Driver().AbsolutePositionForObject(r)
	r.t.menuOpens = true
	r.t.OnReactWith(r.message, pos.Add(r.reactAt()))
	return true
}
