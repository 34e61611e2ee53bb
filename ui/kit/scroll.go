package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// Scroll lets content that is higher than the room be moved up and down. The
// content is as wide as the room and at least as high.
type Scroll struct {
	widget.BaseWidget
	inner  *scrolled
	scroll *container.Scroll
}

// NewScroll returns content that scrolls.
func NewScroll(content fyne.CanvasObject) *Scroll {
	s := &Scroll{inner: &scrolled{content: content}}
	s.inner.ExtendBaseWidget(s.inner)
	s.scroll = container.NewVScroll(s.inner)
	s.ExtendBaseWidget(s)
	return s
}

// SetContent changes what is scrolled, and goes to its top.
func (s *Scroll) SetContent(o fyne.CanvasObject) {
	s.inner.content = o
	s.inner.Refresh()
	s.scroll.ScrollToTop()
	s.Refresh()
}

// Reveal scrolls until o, which is part of the content, is on show.
func (s *Scroll) Reveal(o fyne.CanvasObject) {
	d := fyne.CurrentApp().Driver()
	y := d.AbsolutePositionForObject(o).Y - d.AbsolutePositionForObject(s).Y
	switch bottom := y + o.Size().Height; {
	case y < 0:
		s.scroll.ScrollToOffset(fyne.NewPos(0, s.scroll.Offset.Y+y))
	case bottom > s.Size().Height:
		s.scroll.ScrollToOffset(fyne.NewPos(0, s.scroll.Offset.Y+bottom-s.Size().Height))
	}
}

// CreateRenderer is called by the toolkit.
func (s *Scroll) CreateRenderer() fyne.WidgetRenderer {
	return NewView(s,
		func() fyne.Size { return fyne.NewSize(32, 32) },
		func(size fyne.Size) {
			s.inner.width = size.Width
			place(s.scroll, 0, 0, size.Width, size.Height)
			s.scroll.Refresh()
		}, nil, s.scroll)
}

// scrolled tells the toolkit's scroller the height at the width that there is.
type scrolled struct {
	widget.BaseWidget
	content fyne.CanvasObject
	width   float32
	view    *View
}

func (s *scrolled) CreateRenderer() fyne.WidgetRenderer {
	s.view = NewView(s,
		func() fyne.Size { return fyne.NewSize(0, HeightFor(s.content, s.width)) },
		func(size fyne.Size) { place(s.content, 0, 0, size.Width, size.Height) },
		func() {
			if s.view != nil {
				s.view.objects = []fyne.CanvasObject{s.content}
				s.content.Refresh() // a part of it may need more room, although all of it does not
			}
		}, s.content)
	return s.view
}
