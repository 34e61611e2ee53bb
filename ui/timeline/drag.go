package timeline

import (
	"time"

	"fyne.io/fyne/v2"

	"sotto/app/model"
)

// What is selected goes up to the pointer while the button is held. Past the upper or
// lower edge of the timeline the view moves on towards it, as far as the message
// goes.

const (
	dragShare = 4  // of the way past the edge, what is scrolled a frame
	dragMost  = 24 // pixels a frame
)

// drag is where the pointer selects.
type drag struct {
	at     fyne.Position   // in the timeline
	frames *fyne.Animation // scrolls; nil while there is no need to
}

// dragTo selects up to a point of the timeline, and begins to scroll if it lies past
// an edge.
func (t *Timeline) dragTo(p fyne.Position) {
	t.drag.at = p
	t.selectTo(p)
	if t.drag.frames == nil && t.past() != 0 {
		t.drag.frames = &fyne.Animation{Duration: time.Second, RepeatCount: fyne.AnimationRepeatForever, Tick: func(float32) { t.dragOn() }}
		t.drag.frames.Start()
	}
}

// selectTo selects from where the button went down to a point of the timeline.
func (t *Timeline) selectTo(p fyne.Position) {
	s := t.selection
	r := t.rows[s.id]
	if r == nil || r.shape.text == nil {
		return
	}
	at := r.shape.text.At(r.textAt(p.Subtract(r.Position())))
	s.at = model.Range{From: min(s.begin, at), To: max(s.begin, at)}
	s.clicks = 0
	t.choose(s)
}

// dragOn scrolls for one frame.
func (t *Timeline) dragOn() {
	d := t.past()
	if d == 0 {
		t.endDrag()
		return
	}
	step := max(1, min(d/dragShare, dragMost))
	if d < 0 {
		step = min(-1, max(d/dragShare, -dragMost))
	}
	t.ScrollBy(step)
	t.selectTo(t.drag.at)
}

func (t *Timeline) endDrag() {
	if t.drag.frames != nil {
		t.drag.frames.Stop()
		t.drag.frames = nil
	}
}

// past returns how far the pointer is below the lower edge, or above the upper one
// if that is negative, but no more than is hidden there of the message in which it
// selects.
func (t *Timeline) past() float32 {
	r := t.rows[t.selection.id]
	if r == nil {
		return 0
	}
	top := r.Position().Y + r.bubble.Y
	bottom := top + r.shape.h + endPadding
	if y, h := t.drag.at.Y, t.Size().Height; y < 0 {
		return max(y, min(top, 0))
	} else if y > h {
		return min(y-h, max(bottom-h, 0))
	}
	return 0
}
