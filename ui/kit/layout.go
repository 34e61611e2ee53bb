package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// heighter is an object whose height depends on its width, as wrapped text does.
type heighter interface {
	// HeightFor returns the height needed at that width.
	HeightFor(width float32) float32
}

// HeightFor returns the height that o needs at that width.
func HeightFor(o fyne.CanvasObject, width float32) float32 {
	switch o := o.(type) {
	case heighter:
		return o.HeightFor(width)
	case *fyne.Container:
		if l, ok := o.Layout.(interface {
			heightFor(objects []fyne.CanvasObject, width float32) float32
		}); ok {
			return l.heightFor(o.Objects, width)
		}
	}
	return o.MinSize().Height
}

// VStack puts objects below each other with gap pixels between them, each as
// wide as the stack. Hidden ones take no room. An object made by Grow takes the
// height that is left.
func VStack(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&vstack{gap: gap}, objects...)
}

type vstack struct{ gap, width float32 }

func (l *vstack) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var w float32
	for _, o := range objects {
		if o.Visible() {
			w = max(w, o.MinSize().Width)
		}
	}
	return fyne.NewSize(w, l.heightFor(objects, max(w, l.width)))
}

func (l *vstack) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	var h float32
	n := 0
	for _, o := range objects {
		if o.Visible() {
			h += HeightFor(o, width)
			n++
		}
	}
	return h + l.gap*float32(max(0, n-1))
}

func (l *vstack) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	rest, growing := size.Height-l.heightFor(objects, size.Width), 0
	for _, o := range objects {
		if o.Visible() && grows(o) {
			growing++
		}
	}
	y := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		h := HeightFor(o, size.Width)
		if grows(o) {
			h = max(0, h+rest/float32(growing))
		}
		place(o, 0, y, size.Width, h)
		y += h + l.gap
	}
}

// HStack puts objects beside each other with gap pixels between them, each at
// its own width and in the middle of the height. An object made by Grow takes
// the width that is left.
func HStack(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&hstack{gap: gap}, objects...)
}

// HStackTop is HStack with the objects at the top.
func HStackTop(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&hstack{gap: gap, top: true}, objects...)
}

type hstack struct {
	gap float32
	top bool
}

func (l *hstack) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var s fyne.Size
	n := 0
	for _, o := range objects {
		if o.Visible() {
			m := o.MinSize()
			s.Width += m.Width
			s.Height = max(s.Height, m.Height)
			n++
		}
	}
	s.Width += l.gap * float32(max(0, n-1))
	return s
}

// widths returns the width of each object in a row of that width.
func (l *hstack) widths(objects []fyne.CanvasObject, width float32) []float32 {
	rest, growing := width-l.MinSize(objects).Width, 0
	for _, o := range objects {
		if o.Visible() && grows(o) {
			growing++
		}
	}
	ws := make([]float32, len(objects))
	for i, o := range objects {
		if o.Visible() {
			ws[i] = o.MinSize().Width
			if grows(o) {
				ws[i] = max(0, ws[i]+rest/float32(growing))
			}
		}
	}
	return ws
}

func (l *hstack) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	var h float32
	for i, w := range l.widths(objects, width) {
		if objects[i].Visible() {
			h = max(h, HeightFor(objects[i], w))
		}
	}
	return h
}

func (l *hstack) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	x := float32(0)
	for i, w := range l.widths(objects, size.Width) {
		o := objects[i]
		if !o.Visible() {
			continue
		}
		h := min(HeightFor(o, w), size.Height)
		y := (size.Height - h) / 2
		if l.top {
			y = 0
		}
		if grows(o) && !l.top {
			y, h = 0, size.Height
		}
		place(o, x, y, w, h)
		x += w + l.gap
	}
}

// Grow marks o as taking the room that is left in a VStack or HStack. Inside
// that room, o is as wide as it and in the middle of its height.
func Grow(o fyne.CanvasObject) *fyne.Container {
	return container.New(&grow{}, o)
}

// Fill returns an empty object that takes the room that is left.
func Fill() *fyne.Container { return container.New(&grow{fill: true}) }

// GrowBoth is Grow whose object fills the room in both directions.
func GrowBoth(o fyne.CanvasObject) *fyne.Container {
	return container.New(&grow{fill: true}, o)
}

type grow struct{ fill bool }

func (l *grow) MinSize(objects []fyne.CanvasObject) fyne.Size {
	if len(objects) == 0 {
		return fyne.Size{}
	}
	return objects[0].MinSize()
}

func (l *grow) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	if len(objects) == 0 {
		return 0
	}
	return HeightFor(objects[0], width)
}

func (l *grow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		h := size.Height
		if !l.fill {
			h = min(h, HeightFor(o, size.Width))
		}
		place(o, 0, (size.Height-h)/2, size.Width, h)
	}
}

func grows(o fyne.CanvasObject) bool {
	c, ok := o.(*fyne.Container)
	if !ok {
		return false
	}
	_, ok = c.Layout.(*grow)
	return ok
}

// Pad keeps the given number of pixels free around o.
func Pad(top, right, bottom, left float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(&pad{top, right, bottom, left}, o)
}

// PadAll keeps p pixels free on all four sides of o.
func PadAll(p float32, o fyne.CanvasObject) *fyne.Container { return Pad(p, p, p, p, o) }

type pad struct{ top, right, bottom, left float32 }

func (l *pad) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize().AddWidthHeight(l.left+l.right, l.top+l.bottom)
}

func (l *pad) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	return HeightFor(objects[0], width-l.left-l.right) + l.top + l.bottom
}

func (l *pad) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	place(objects[0], l.left, l.top, max(0, s.Width-l.left-l.right), max(0, s.Height-l.top-l.bottom))
}

// Width gives o exactly that width, at the left of the room it gets.
func Width(w float32, o fyne.CanvasObject) *fyne.Container { return column(w, w, 0, false, o) }

// Column centres o in the room it gets and makes it at most w wide.
func Column(w float32, o fyne.CanvasObject) *fyne.Container { return column(0, w, .5, false, o) }

// Centered puts o in the middle of the room in both directions, at most w wide.
func Centered(w float32, o fyne.CanvasObject) *fyne.Container { return column(0, w, .5, true, o) }

// Middle puts o in the middle of the room at its own width.
func Middle(o fyne.CanvasObject) *fyne.Container { return column(0, 0, .5, true, o) }

// Left and Right put o at the side of the room at its own width.
func Left(o fyne.CanvasObject) *fyne.Container  { return column(0, 0, 0, true, o) }
func Right(o fyne.CanvasObject) *fyne.Container { return column(0, 0, 1, true, o) }

func column(least, most, align float32, middle bool, o fyne.CanvasObject) *fyne.Container {
	return container.New(&columnLayout{least: least, most: most, align: align, middle: middle}, o)
}

type columnLayout struct {
	least, most float32 // most 0: the object's own width
	align       float32 // where the spare width goes: 0 right of it, 1 left of it
	middle      bool    // in the middle of the height as well
}

func (l *columnLayout) width(o fyne.CanvasObject, room float32) float32 {
	if l.least > 0 {
		return l.least
	}
	if l.most == 0 {
		return min(o.MinSize().Width, room)
	}
	return min(l.most, room)
}

func (l *columnLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	m := objects[0].MinSize()
	if l.least > 0 {
		return fyne.NewSize(l.least, HeightFor(objects[0], l.least))
	}
	return m
}

func (l *columnLayout) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	return HeightFor(objects[0], l.width(objects[0], width))
}

func (l *columnLayout) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	o := objects[0]
	w := l.width(o, s.Width)
	h, y := s.Height, float32(0)
	if l.middle {
		h = min(HeightFor(o, w), s.Height)
		y = (s.Height - h) / 2
	}
	place(o, (s.Width-w)*l.align, y, w, h)
}

// Spacer takes exactly that much room and draws nothing.
func Spacer(w, h float32) *fyne.Container {
	return container.New(spacer{fyne.NewSize(w, h)})
}

type spacer struct{ size fyne.Size }

func (s spacer) MinSize([]fyne.CanvasObject) fyne.Size { return s.size }
func (spacer) Layout([]fyne.CanvasObject, fyne.Size)   {}

// Sized gives o exactly that size.
func Sized(w, h float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(sized{fyne.NewSize(w, h)}, o)
}

type sized struct{ size fyne.Size }

func (s sized) MinSize([]fyne.CanvasObject) fyne.Size { return s.size }
func (s sized) Layout(objects []fyne.CanvasObject, _ fyne.Size) {
	place(objects[0], 0, 0, s.size.Width, s.size.Height)
}

// Stack puts objects on top of each other, all as large as the room.
func Stack(objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(stack{}, objects...)
}

type stack struct{}

func (stack) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var s fyne.Size
	for _, o := range objects {
		s = s.Max(o.MinSize())
	}
	return s
}

func (stack) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	var h float32
	for _, o := range objects {
		h = max(h, HeightFor(o, width))
	}
	return h
}

func (stack) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	for _, o := range objects {
		place(o, 0, 0, s.Width, s.Height)
	}
}

// Place is a layout by hand: f gets the room and places what it knows with At.
// min is the least room that it needs.
func Place(min fyne.Size, f func(size fyne.Size), objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&byHand{min, nil, f}, objects...)
}

// PlaceFor is Place for what needs more height where it has less width.
func PlaceFor(height func(width float32) float32, f func(size fyne.Size), objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&byHand{fyne.Size{}, height, f}, objects...)
}

// At moves o to x, y and makes it w by h.
func At(o fyne.CanvasObject, x, y, w, h float32) { place(o, x, y, w, h) }

type byHand struct {
	min    fyne.Size
	height func(width float32) float32 // nil: min's, whatever the width
	layout func(fyne.Size)
}

func (l *byHand) MinSize([]fyne.CanvasObject) fyne.Size        { return l.min }
func (l *byHand) Layout(_ []fyne.CanvasObject, size fyne.Size) { l.layout(size) }

func (l *byHand) heightFor(_ []fyne.CanvasObject, width float32) float32 {
	if l.height == nil {
		return l.min.Height
	}
	return l.height(width)
}
