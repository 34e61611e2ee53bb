package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"sotto/ui/theme"
)

// overlay covers the window while a menu, a popover or a dialog is open. A
// click beside it closes it, unless it is a dialog.
type overlay struct {
	widget.BaseWidget
	canvas  fyne.Canvas
	scrim   *canvas.Rectangle // nil: what is below stays as bright as it is
	panel   *panel
	arrange func(room fyne.Size) // places the panel
	firm    bool                 // a click beside it does nothing
	tip     *tipLayer
	onClose func()
	before  fyne.Focusable
}

func openOverlay(c fyne.Canvas, content fyne.CanvasObject, dim, firm bool, arrange func(o *overlay, room fyne.Size)) *overlay {
	o := &overlay{canvas: c, panel: newPanel(content), firm: firm, tip: newTipLayer(), before: c.Focused()}
	if dim {
		o.scrim = canvas.NewRectangle(theme.Color(theme.Scrim))
	}
	o.arrange = func(room fyne.Size) { arrange(o, room) }
	o.ExtendBaseWidget(o)
	c.Overlays().Add(o)
	return o
}

func (o *overlay) close() {
	o.canvas.Overlays().Remove(o)
	if o.onClose != nil {
		o.onClose()
	}
	if o.before != nil && o.canvas.Overlays().Top() == nil {
		o.canvas.Focus(o.before)
	}
}

func (o *overlay) Tapped(*fyne.PointEvent) {
	if !o.firm {
		o.close()
	}
}

func (o *overlay) TappedSecondary(e *fyne.PointEvent) { o.Tapped(e) }

func (o *overlay) MouseIn(*desktop.MouseEvent)    {}
func (o *overlay) MouseMoved(*desktop.MouseEvent) {}
func (o *overlay) MouseOut()                      {}

func (o *overlay) CreateRenderer() fyne.WidgetRenderer {
	objects := []fyne.CanvasObject{o.panel, o.tip}
	if o.scrim != nil {
		objects = []fyne.CanvasObject{o.scrim, o.panel, o.tip}
	}
	return NewView(o,
		func() fyne.Size { return fyne.Size{} },
		func(s fyne.Size) {
			if o.scrim != nil {
				place(o.scrim, 0, 0, s.Width, s.Height)
			}
			o.arrange(s)
			place(o.tip, 0, 0, s.Width, s.Height)
		},
		func() {
			if o.scrim != nil {
				o.scrim.FillColor = theme.Color(theme.Scrim)
			}
		}, objects...)
}

// panel keeps clicks between its parts from reaching the overlay below.
type panel struct {
	widget.BaseWidget
	content fyne.CanvasObject
}

func newPanel(content fyne.CanvasObject) *panel {
	p := &panel{content: content}
	p.ExtendBaseWidget(p)
	return p
}

func (p *panel) Tapped(*fyne.PointEvent)          {}
func (p *panel) TappedSecondary(*fyne.PointEvent) {}

func (p *panel) HeightFor(width float32) float32 { return HeightFor(p.content, width) }

func (p *panel) CreateRenderer() fyne.WidgetRenderer {
	return NewView(p, p.content.MinSize,
		func(s fyne.Size) { place(p.content, 0, 0, s.Width, s.Height) }, nil, p.content)
}

// DialogOptions say what a dialog asks. Dialogs are for deleting, leaving and
// passphrases only.
type DialogOptions struct {
	Title   string
	Text    string              // "" is none
	Content fyne.CanvasObject   // may be nil
	Buttons []fyne.CanvasObject // from left to right, at the right; the safe one last
	OnClose func()              // however it was closed; may be nil
}

// ShowDialog opens a dialog, 440 wide, in the window that o is in, and returns
// what closes it. Esc closes it as well; a click beside it does not.
func ShowDialog(o fyne.CanvasObject, d DialogOptions) (closeDialog func()) {
	c := canvasOf(o)
	if c == nil {
		return func() {}
	}
	body := VStack(theme.S3, Paragraph(d.Title, theme.Heading, theme.Ink))
	if d.Text != "" {
		body.Add(Paragraph(d.Text, theme.Body, theme.Ink2))
	}
	if d.Content != nil {
		body.Add(d.Content)
	}
	if len(d.Buttons) > 0 {
		body.Add(Pad(theme.S2, 0, 0, 0, HStack(theme.S2, append([]fyne.CanvasObject{Fill()}, d.Buttons...)...)))
	}
	box := Floating(theme.RadiusXL, PadAll(theme.S6, body))
	ov := openOverlay(c, box, true, true, func(ov *overlay, room fyne.Size) {
		w := min(440, room.Width-32)
		h := HeightFor(box, w)
		place(ov.panel, (room.Width-w)/2, max(16, (room.Height-h)/2), w, h)
	})
	ov.onClose = d.OnClose
	return func() {
		if ov.canvas.Overlays().Top() == ov {
			ov.close()
		}
	}
}

// ShowPopover opens content on a floating ground of that width, with 16 px
// around it, below the object at, and returns what closes it.
func ShowPopover(at fyne.CanvasObject, width float32, content fyne.CanvasObject) (closePopover func()) {
	pos := fyne.CurrentApp().Driver().AbsolutePositionForObject(at)
	return ShowFloating(at, pos, at.Size(), width, PadAll(theme.S4, content))
}

// ShowFloating opens content, which brings its own padding, beside what stands at
// that place of the window that o is in: below it, or above it where there is no
// room. It returns what closes it.
func ShowFloating(o fyne.CanvasObject, pos fyne.Position, size fyne.Size, width float32, content fyne.CanvasObject) (closeFloating func()) {
	c := canvasOf(o)
	if c == nil {
		return func() {}
	}
	box := Floating(theme.RadiusLG, content)
	ov := openOverlay(c, box, false, false, func(ov *overlay, room fyne.Size) {
		w := min(width, room.Width-16)
		h := min(HeightFor(box, w), room.Height-16)
		x := max(8, min(pos.X+size.Width-w, room.Width-8-w))
		y := pos.Y + size.Height + 6
		if y+h > room.Height-8 {
			y = max(8, pos.Y-6-h)
		}
		place(ov.panel, x, y, w, h)
	})
	return func() {
		if ov.canvas.Overlays().Top() == ov {
			ov.close()
		}
	}
}

// ShowSheet opens content in the upper part of the window that o is in, over
// dimmed surroundings: that wide, that far from the top. It returns what closes it,
// and what places it anew after its content grew or shrank. Esc and a click
// beside it close it as well. onClose is called however it was closed; may be nil.
func ShowSheet(o fyne.CanvasObject, width, top float32, content fyne.CanvasObject, onClose func()) (closeSheet, fit func()) {
	c := canvasOf(o)
	if c == nil {
		return func() {}, func() {}
	}
	box := Floating(theme.RadiusXL, content)
	ov := openOverlay(c, box, true, false, func(ov *overlay, room fyne.Size) {
		w := min(width, room.Width-32)
		h := HeightFor(box, w)
		y := min(top, max(16, room.Height-min(h, room.Height*.8)-16))
		place(ov.panel, (room.Width-w)/2, y, w, min(h, room.Height-y-16))
	})
	ov.onClose = onClose
	return func() {
		if ov.canvas.Overlays().Top() == ov {
			ov.close()
		}
	}, func() { ov.arrange(ov.Size()) }
}
