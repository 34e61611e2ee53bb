package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"sotto/ui/kit"
	"sotto/ui/theme"
	"sotto/ui/when"
)

// Measures of the list of steps, in pixels.
const (
	discSize = 20
	stepText = 32 // x of the words
	stepGap  = 14
)

// stepList draws a way: discs at the left with a line from one to the next, words,
// and at the right the time to the second.
func stepList(steps []step, now time.Time) fyne.CanvasObject {
	list := kit.VStack(0)
	for i, s := range steps {
		list.Add(stepRow(s, i+1 < len(steps), now))
	}
	return list
}

// stepRow is one step; there is a line to the next one if it goes on.
func stepRow(s step, on bool, now time.Time) fyne.CanvasObject {
	ink := theme.Ink
	if s.mark == toCome {
		ink = theme.Ink2
	}
	end := fyne.CanvasObject(kit.NewText(s.end, theme.Caption, theme.Ink2))
	if !s.at.IsZero() {
		end = newExact(when.Exact(s.at, now))
	}
	row := kit.VStack(1, kit.HStackTop(theme.S2, kit.Grow(kit.Paragraph(s.title, theme.Body, ink)), kit.Pad(2, 0, 0, 0, end)))
	if s.text != "" {
		row.Add(kit.Paragraph(s.text, theme.Caption, theme.Ink2))
	}
	disc := stepDisc(s.mark)
	under := float32(0)
	objects := []fyne.CanvasObject{row, disc}
	line := kit.NewBox(theme.LineStrong, nil)
	if s.mark == toCome {
		line.Fill(theme.Line)
	}
	if on {
		under = stepGap
		objects = append(objects, line)
	}
	return kit.PlaceFor(func(width float32) float32 { return max(discSize, kit.HeightFor(row, width-stepText)) + under },
		func(size fyne.Size) {
			kit.At(disc, 0, 0, discSize, discSize)
			kit.At(line, discSize/2-1, discSize, 2, size.Height-discSize)
			kit.At(row, stepText, 0, size.Width-stepText, size.Height-under)
		}, objects...)
}

// stepDisc is a step's mark.
func stepDisc(m mark) fyne.CanvasObject {
	disc := func(fill theme.Token, icon string, ink theme.Token) fyne.CanvasObject {
		return kit.NewBox(fill, kit.Middle(kit.NewIcon(icon, 12, ink))).Radius(discSize / 2)
	}
	switch m {
	case done:
		return disc(theme.Accent, "check", theme.OnAccent)
	case attention:
		return disc(theme.WarnSoft, "warning", theme.Warn)
	case wrong:
		return disc(theme.DangerSoft, "close", theme.Danger)
	}
	return kit.NewBox(theme.Side, nil).StrokeWide(theme.LineStrong).Radius(discSize / 2)
}

// exact is a time to the second, with each digit in a cell of its own: the digits
// of Inter are not equally wide, and these stand below each other.
type exact struct {
	widget.BaseWidget
	text  string
	cells *fyne.Container
}

func newExact(text string) *exact {
	const cell = .65
	st := theme.Caption
	var objects []fyne.CanvasObject
	var widths []float32
	width := float32(0)
	for _, r := range text {
		w := kit.Measure(string(r), st)
		if r >= '0' && r <= '9' {
			w = cell * st.Size
		}
		objects = append(objects, kit.NewText(string(r), st, theme.Ink2).Center())
		widths, width = append(widths, w), width+w
	}
	e := &exact{text: text}
	e.cells = kit.Place(fyne.NewSize(width, st.Line), func(fyne.Size) {
		x := float32(0)
		for i, o := range objects {
			kit.At(o, x, 0, widths[i], st.Line)
			x += widths[i]
		}
	}, objects...)
	e.ExtendBaseWidget(e)
	return e
}

// AccessibilityLabel returns the time.
func (e *exact) AccessibilityLabel() string { return e.text }

// AccessibilityRole says that this is text.
func (e *exact) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

func (e *exact) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(e.cells) }
