package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"sotto/ui/theme"
)

// TileStyle is the ground of a tile.
type TileStyle int

const (
	TileCard   TileStyle = iota // an outlined card
	TileAccent                  // filled with the accent: the choice that is proposed
	TileRow                     // no ground of its own, on a card
	TileNav                     // no ground of its own, on side; can be the one that is open
)

// Tile is something larger that can be pressed as a whole: a card, or a row of
// a list, with anything in it.
type Tile struct {
	pressable
	style      TileStyle
	radius     float32
	content    fyne.CanvasObject
	on         bool
	rect, ring *canvas.Rectangle
}

// NewTile returns a tile; label is what a screen reader calls it.
func NewTile(style TileStyle, radius float32, label string, content fyne.CanvasObject, onTap func()) *Tile {
	t := &Tile{style: style, radius: radius, content: content}
	t.label = label
	t.extend(t, onTap)
	return t
}

// SetOn shows that what the tile opens is open.
func (t *Tile) SetOn(on bool) {
	if t.on != on {
		t.on = on
		t.Refresh()
	}
}

// HeightFor returns the height that t needs at that width.
func (t *Tile) HeightFor(width float32) float32 { return HeightFor(t.content, width) }

// CreateRenderer is called by the toolkit.
func (t *Tile) CreateRenderer() fyne.WidgetRenderer {
	t.rect, t.ring = &canvas.Rectangle{CornerRadius: t.radius}, ringRect()
	return NewView(t, t.content.MinSize,
		func(s fyne.Size) {
			place(t.rect, 0, 0, s.Width, s.Height)
			place(t.content, 0, 0, s.Width, s.Height)
			if t.style == TileAccent {
				placeRing(t.ring, s, t.radius)
			} else { // on the edge
				t.ring.CornerRadius = t.radius
				place(t.ring, 0, 0, s.Width, s.Height)
			}
		},
		func() {
			stroke := theme.Transparent
			var ground theme.Token
			switch t.style {
			case TileCard:
				ground, stroke = t.ground(theme.Card, theme.HoverRaised, theme.Press), theme.Line
				if t.hovered {
					stroke = theme.LineStrong
				}
			case TileAccent:
				ground = t.ground(theme.Accent, theme.AccentHover, theme.AccentPress)
			case TileRow:
				ground = t.ground(theme.Transparent, theme.HoverRaised, theme.Press)
			case TileNav:
				ground = t.ground(theme.Transparent, theme.Hover, theme.Press)
				if t.on {
					ground = theme.Select
				}
			}
			t.rect.FillColor, t.rect.StrokeWidth = theme.Fill(theme.Color(ground)), 0
			if stroke != theme.Transparent {
				t.rect.StrokeColor, t.rect.StrokeWidth = theme.Color(stroke), 1
			}
			showRing(t.ring, t.focused)
		}, t.rect, t.content, t.ring)
}
