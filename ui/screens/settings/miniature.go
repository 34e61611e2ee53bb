package settings

import (
	"encoding/json"
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"sotto/assets"
	"sotto/ui/kit"
	"sotto/ui/theme"
)

const (
	miniWidth  = 202
	miniHeight = 100
)

// miniature is a small picture of the window in light, in dark, or in both: the
// one place where the other palette is seen.
type miniature struct {
	widget.BaseWidget
	mode theme.Mode
	on   bool
	name string
	tap  func()
}

func newMiniature(mode theme.Mode, on bool, name string, tap func()) *miniature {
	m := &miniature{mode: mode, on: on, name: name, tap: tap}
	m.ExtendBaseWidget(m)
	return m
}

// Tapped chooses what the picture shows. The keyboard has the radio below it.
func (m *miniature) Tapped(*fyne.PointEvent) { m.tap() }

// AccessibilityLabel returns the name of the choice.
func (m *miniature) AccessibilityLabel() string { return m.name }

// AccessibilityRole says that this is a picture of what the radio below chooses.
func (m *miniature) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer is called by the toolkit.
func (m *miniature) CreateRenderer() fyne.WidgetRenderer {
	var pieces []piece
	switch m.mode {
	case theme.Light:
		pieces = draw(pieces, palettes.light, 0, miniWidth)
	case theme.Dark:
		pieces = draw(pieces, palettes.dark, 0, miniWidth)
	default:
		pieces = draw(pieces, palettes.light, 0, miniWidth/2)
		pieces = draw(pieces, palettes.dark, miniWidth/2, miniWidth)
	}
	ring := &canvas.Rectangle{CornerRadius: theme.RadiusLG + 4, StrokeWidth: 2, FillColor: color.Transparent}
	var all []fyne.CanvasObject
	for _, p := range pieces {
		all = append(all, p.rect)
	}
	return kit.NewView(m, func() fyne.Size { return fyne.NewSize(miniWidth, miniHeight) }, func(fyne.Size) {
		for _, p := range pieces {
			kit.At(p.rect, p.x, p.y, p.w, p.h)
		}
		kit.At(ring, -4, -4, miniWidth+8, miniHeight+8)
	}, func() {
		ring.StrokeColor = theme.Color(theme.Focus)
		ring.Hidden = !m.on
	}, append(all, ring)...)
}

// piece is a rectangle of the picture.
type piece struct {
	rect       *canvas.Rectangle
	x, y, w, h float32
}

// draw adds what lies between the columns from and to, in the colours of p.
func draw(pieces []piece, p map[theme.Token]color.NRGBA, from, to float32) []piece {
	add := func(fill, stroke theme.Token, x, y, w, h, r float32) {
		left, right := max(x, from), min(x+w, to)
		if left >= right {
			return
		}
		c := &canvas.Rectangle{FillColor: p[fill]}
		if stroke != theme.Transparent {
			c.StrokeColor, c.StrokeWidth = p[stroke], 1
		}
		if left == x { // a cut piece is straight where it is cut
			c.TopLeftCornerRadius, c.BottomLeftCornerRadius = r, r
		}
		if right == x+w {
			c.TopRightCornerRadius, c.BottomRightCornerRadius = r, r
		}
		pieces = append(pieces, piece{c, left, y, right - left, h})
	}
	add(theme.Paper, theme.Line, 0, 0, miniWidth, miniHeight, theme.RadiusLG)
	if from == 0 {
		side := &canvas.Rectangle{FillColor: p[theme.Side], TopLeftCornerRadius: theme.RadiusLG - 1, BottomLeftCornerRadius: theme.RadiusLG - 1}
		pieces = append(pieces, piece{side, 1, 1, 55, miniHeight - 2})
		add(theme.Line, theme.Transparent, 56, 1, 1, miniHeight-2, 0)
		for i, tone := range [3]int{2, 6, 8} { // Verdigris, Sienna, Madder
			base, _ := theme.AvatarTone(tone)
			disc := &canvas.Rectangle{FillColor: base, CornerRadius: 7}
			y := float32(14 + 22*i)
			pieces = append(pieces, piece{disc, 10, y, 14, 14})
			add(theme.LineStrong, theme.Transparent, 28, y+5, 20, 4, 2)
		}
	}
	add(theme.Card, theme.Line, 69, 18, 75, 18, 9)
	add(theme.BubbleOut, theme.Transparent, 102, 44, 88, 18, 9)
	add(theme.Card, theme.LineStrong, 69, 76, 121, 14, 7)
	return pieces
}

// palettes are both columns of the table of colours; package theme answers with
// the one in use.
var palettes = readPalettes(assets.Tokens())

type bothPalettes struct{ light, dark map[theme.Token]color.NRGBA }

func readPalettes(table []byte) bothPalettes {
	var t struct {
		Color map[theme.Token]struct{ Light, Dark string }
	}
	if err := json.Unmarshal(table, &t); err != nil {
		panic(err) // the table is part of the program
	}
	b := bothPalettes{map[theme.Token]color.NRGBA{}, map[theme.Token]color.NRGBA{}}
	for name, c := range t.Color {
		b.light[name], b.dark[name] = parseColor(c.Light), parseColor(c.Dark)
	}
	return b
}

// parseColor reads #RRGGBB; what follows is alpha, which no colour here has.
func parseColor(s string) color.NRGBA {
	c := color.NRGBA{A: 255}
	if _, err := fmt.Sscanf(s, "#%02x%02x%02x", &c.R, &c.G, &c.B); err != nil {
		panic("settings: " + s + " is not a colour")
	}
	return c
}
