// Package part holds what several screens are made of beside the kit: an
// arrangement that depends on the width, the pair of passphrase fields, the
// question for a file, and a picture read from one.
package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"sotto/ui/kit"
)

// Adapt shows one of two arrangements of the same parts, by the width it gets.
// The parts may stand in both: only the one on show is drawn.
type Adapt struct {
	widget.BaseWidget
	limit        float32
	narrow, wide fyne.CanvasObject
	shown        fyne.CanvasObject
}

// NewAdapt returns an object that shows narrow while it is less than limit
// pixels wide, and else wide.
func NewAdapt(limit float32, narrow, wide fyne.CanvasObject) *Adapt {
	a := &Adapt{limit: limit, narrow: narrow, wide: wide, shown: wide}
	a.ExtendBaseWidget(a)
	return a
}

func (a *Adapt) pick(width float32) fyne.CanvasObject {
	if width < a.limit {
		return a.narrow
	}
	return a.wide
}

// HeightFor returns the height that the arrangement for width needs.
func (a *Adapt) HeightFor(width float32) float32 { return kit.HeightFor(a.pick(width), width) }

// CreateRenderer is called by the toolkit.
func (a *Adapt) CreateRenderer() fyne.WidgetRenderer { return &adaptView{a} }

type adaptView struct{ a *Adapt }

func (v *adaptView) Destroy()                     {}
func (v *adaptView) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{v.a.shown} }
func (v *adaptView) MinSize() fyne.Size {
	return fyne.NewSize(0, v.a.HeightFor(v.a.Size().Width))
}

func (v *adaptView) Layout(s fyne.Size) {
	v.a.shown = v.a.pick(s.Width)
	kit.At(v.a.shown, 0, 0, s.Width, s.Height)
}

func (v *adaptView) Refresh() {
	v.Layout(v.a.Size())
	v.a.shown.Refresh()
}
