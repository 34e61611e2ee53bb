package kit

import (
	"fmt"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"sotto/ui/theme"
)

// Progress is a bar 4 high: so much of something, or, for a length that is not
// known, a third of its width on the move.
type Progress struct {
	widget.BaseWidget
	value       float32 // 0 to 1; negative: not known
	track, part *canvas.Rectangle
	moving      *fyne.Animation
	at          float32
}

// NewProgress returns a bar; a negative value is of unknown length.
func NewProgress(value float32) *Progress {
	p := &Progress{value: value}
	p.ExtendBaseWidget(p)
	return p
}

// Set changes how much is done.
func (p *Progress) Set(value float32) { p.value = value; p.Refresh() }

// Start and Stop move a bar of unknown length, and hide it when it stands.
func (p *Progress) Start() {
	p.value = -1
	p.Show()
	if p.moving == nil && !theme.Current().Still {
		p.moving = fyne.NewAnimation(1200*time.Millisecond, func(f float32) { p.at = f; p.Refresh() })
		p.moving.RepeatCount = fyne.AnimationRepeatForever
		p.moving.Start()
	}
}

// Stop ends the movement and hides the bar.
func (p *Progress) Stop() {
	if p.moving != nil {
		p.moving.Stop()
		p.moving = nil
	}
	p.Hide()
}

// CreateRenderer is called by the toolkit.
func (p *Progress) CreateRenderer() fyne.WidgetRenderer {
	p.track, p.part = &canvas.Rectangle{CornerRadius: 2}, &canvas.Rectangle{CornerRadius: 2}
	return NewView(p,
		func() fyne.Size { return fyne.NewSize(40, 4) },
		func(s fyne.Size) {
			y := (s.Height - 4) / 2
			place(p.track, 0, y, s.Width, 4)
			if p.value >= 0 {
				place(p.part, 0, y, s.Width*min(1, p.value), 4)
				return
			}
			third := s.Width / 3
			from := p.at*(s.Width+third) - third
			place(p.part, max(0, from), y, min(s.Width, from+third)-max(0, from), 4)
		},
		func() {
			p.track.FillColor, p.part.FillColor = theme.Color(theme.Track), theme.Color(theme.AccentInk)
		}, p.track, p.part)
}

// Steps shows how far a sequence of screens has come: a dash for each, the one
// at hand longer, and words. at counts from 1.
func Steps(at, of int) fyne.CanvasObject {
	row := HStack(6)
	for i := 1; i <= of; i++ {
		fill, w := theme.Accent, float32(16)
		if i > at {
			fill = theme.LineStrong
		}
		if i == at {
			w = 32
		}
		row.Add(Sized(w, 4, NewBox(fill, nil).Radius(2)))
	}
	row.Add(Spacer(2, 16))
	row.Add(NewText(fmt.Sprintf(wordStep, at, of), theme.Caption, theme.Ink2))
	return row
}
