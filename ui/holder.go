package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"sotto/ui/kit"
)

// holder shows one object, or none, as large as itself.
type holder struct {
	widget.BaseWidget
	objects []fyne.CanvasObject
}

func newHolder() *holder {
	h := &holder{}
	h.ExtendBaseWidget(h)
	return h
}

func (h *holder) set(o fyne.CanvasObject) {
	switch {
	case o == nil && len(h.objects) == 0, len(h.objects) == 1 && h.objects[0] == o:
		return
	case o == nil:
		h.objects = nil
	default:
		h.objects = []fyne.CanvasObject{o}
	}
	h.Refresh()
}

func (h *holder) empty() bool { return len(h.objects) == 0 }

func (h *holder) CreateRenderer() fyne.WidgetRenderer { return holderRenderer{h} }

type holderRenderer struct{ h *holder }

func (r holderRenderer) Destroy()                     {}
func (r holderRenderer) MinSize() fyne.Size           { return fyne.Size{} }
func (r holderRenderer) Objects() []fyne.CanvasObject { return r.h.objects }
func (r holderRenderer) Refresh()                     { r.Layout(r.h.Size()); canvas.Refresh(r.h) }
func (r holderRenderer) Layout(s fyne.Size) {
	for _, o := range r.h.objects {
		kit.At(o, 0, 0, s.Width, s.Height)
	}
}

// handle is the invisible edge between list and pane, to be dragged.
type handle struct {
	widget.BaseWidget
	move func(dx float32)
}

var (
	_ fyne.Draggable     = (*handle)(nil)
	_ desktop.Cursorable = (*handle)(nil)
)

func newHandle(move func(dx float32)) *handle {
	h := &handle{move: move}
	h.ExtendBaseWidget(h)
	return h
}

func (h *handle) Dragged(e *fyne.DragEvent)           { h.move(e.Dragged.DX) }
func (h *handle) DragEnd()                            {}
func (h *handle) Cursor() desktop.Cursor              { return desktop.HResizeCursor }
func (h *handle) CreateRenderer() fyne.WidgetRenderer { return holderRenderer{newHolder()} }
