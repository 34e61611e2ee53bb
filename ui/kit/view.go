// Package kit holds the parts that every screen is made of: text, icons,
// buttons, fields, cards, menus, dialogs, and the layouts that put them together.
// Sizes and colours come from package theme and are those of the drawn look; a
// part asks for its colours whenever it is refreshed, so that it follows a change
// of theme.
//
// Parts are widgets of the toolkit and live on the UI goroutine. Nothing here
// starts a goroutine or knows what the messenger is.
package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"sotto/ui/theme"
)

// View is a widget renderer made of functions. The toolkit throws a renderer away
// that was not drawn for a minute, and lays the next one out only if the widget gets
// another size; so a view lays itself out before it is drawn for the first time.
type View struct {
	owner   fyne.Widget
	objects []fyne.CanvasObject
	min     func() fyne.Size
	layout  func(fyne.Size)
	paint   func() // takes state and colours over; may be nil
	laid    bool   // layout was called
}

// NewView returns the renderer of owner after painting it once.
func NewView(owner fyne.Widget, min func() fyne.Size, layout func(fyne.Size), paint func(), objects ...fyne.CanvasObject) *View {
	v := &View{owner: owner, objects: objects, min: min, layout: layout, paint: paint}
	if paint != nil {
		paint()
	}
	return v
}

// Destroy is called by the toolkit.
func (v *View) Destroy() {}

// MinSize is called by the toolkit.
func (v *View) MinSize() fyne.Size { return v.min() }

// Layout is called by the toolkit.
func (v *View) Layout(s fyne.Size) {
	v.laid = true
	v.layout(s)
}

// Objects is called by the toolkit.
func (v *View) Objects() []fyne.CanvasObject {
	if s := v.owner.Size(); !v.laid && s != (fyne.Size{}) {
		v.Layout(s)
	}
	return v.objects
}

// Refresh is called by the toolkit.
func (v *View) Refresh() {
	if v.paint != nil {
		v.paint()
	}
	v.Layout(v.owner.Size())
	canvas.Refresh(v.owner)
}

// place moves and resizes o in one step.
func place(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

// ringRect returns the focus ring of a filled control: an outline 2 px wide that
// lies 2 px outside it. It is hidden until showRing says otherwise.
func ringRect() *canvas.Rectangle {
	r := canvas.NewRectangle(color.Transparent)
	r.StrokeWidth = 2
	r.Hide()
	return r
}

func showRing(r *canvas.Rectangle, on bool) {
	r.StrokeColor = theme.Color(theme.Focus)
	if on {
		r.Show()
	} else {
		r.Hide()
	}
}

// placeRing lays the ring around a control of that size and radius.
func placeRing(r *canvas.Rectangle, size fyne.Size, radius float32) {
	r.CornerRadius = radius + 4
	place(r, -4, -4, size.Width+8, size.Height+8)
}
