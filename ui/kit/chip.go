package kit

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"sotto/ui/theme"
)

// Chip is a small round-ended part that says something and explains itself, or
// filters, when pressed.
type Chip struct {
	pressable
	icon     string
	on, warn bool
	filter   bool
	opens    bool    // a menu
	most     float32 // of the words' width; 0 is any
	strip    *Strip  // that it stands in, or nil
	words    *Text
	drawing  *Icon
	rect     *canvas.Rectangle
	ring     *canvas.Rectangle
}

// NewChip returns a chip with an icon, which may be "".
func NewChip(icon, text string, onTap func()) *Chip {
	c := &Chip{icon: icon, words: NewText(text, theme.Caption, theme.Ink2)}
	c.drawing = NewIcon("info", 16, theme.Ink2)
	c.label = text
	c.extend(c, onTap)
	return c
}

// NewFilter returns a chip that is on or off.
func NewFilter(text string, on bool, onTap func()) *Chip {
	c := NewChip("", text, onTap)
	c.filter, c.on = true, on
	return c
}

// Opening says with a chevron after the words that the chip opens a menu, and
// returns it.
func (c *Chip) Opening() *Chip { c.opens, c.icon = true, "chevron-down"; c.Refresh(); return c }

// AtMost cuts words off that are wider; a tooltip has all of them. It returns c.
func (c *Chip) AtMost(width float32) *Chip { c.most = width; c.setText(c.label); return c }

// Set changes icon and words; warn draws them as something to attend to.
func (c *Chip) Set(icon, text string, warn bool) {
	c.icon, c.warn = icon, warn
	c.setText(text)
}

// SetText changes the words.
func (c *Chip) SetText(text string) {
	if c.label != text {
		c.setText(text)
	}
}

func (c *Chip) setText(text string) {
	c.label = text
	if c.most > 0 {
		c.tip = ""
		if cut := Elide(text, theme.Caption.SemiBold(), c.most); cut != text {
			c.tip, text = text, cut
		}
	}
	c.words.SetText(text)
	c.Refresh()
}

// FocusGained is called by the toolkit.
func (c *Chip) FocusGained() {
	c.pressable.FocusGained()
	if c.strip != nil {
		c.strip.reveal(c)
	}
}

// TypedKey is called by the toolkit: in a strip the arrow keys go to its neighbours.
func (c *Chip) TypedKey(e *fyne.KeyEvent) {
	if c.strip == nil || !c.strip.key(c, e) {
		c.pressable.TypedKey(e)
	}
}

// On reports whether a filter is on.
func (c *Chip) On() bool { return c.on }

// SetOn switches a filter.
func (c *Chip) SetOn(on bool) {
	if c.on != on {
		c.on = on
		c.Refresh()
	}
}

// CreateRenderer is called by the toolkit.
func (c *Chip) CreateRenderer() fyne.WidgetRenderer {
	c.rect, c.ring = &canvas.Rectangle{CornerRadius: 14}, ringRect()
	return NewView(c,
		func() fyne.Size {
			w := c.words.MinSize().Width + 24
			switch {
			case c.opens:
				w += 16 + 4
			case c.icon != "":
				w += 16 + 6
			}
			return fyne.NewSize(w, 28)
		},
		func(s fyne.Size) {
			place(c.rect, 0, 0, s.Width, s.Height)
			placeRing(c.ring, s, 14)
			x := float32(12)
			if c.opens {
				place(c.drawing, s.Width-9-16, (s.Height-16)/2, 16, 16)
			} else if c.icon != "" {
				place(c.drawing, x-1, (s.Height-16)/2, 16, 16)
				x += 22
			}
			place(c.words, x, (s.Height-16)/2, s.Width-x-12, 16)
		},
		func() {
			rest, stroke, ink := theme.Card, theme.Line, theme.Ink2
			st := theme.Caption
			switch {
			case c.warn:
				rest, stroke, ink = theme.WarnSoft, theme.WarnLine, theme.Warn
			case c.filter && c.on:
				rest, stroke, ink, st = theme.Select, theme.Transparent, theme.AccentInk, st.SemiBold()
			}
			c.rect.FillColor = theme.Color(rest)
			if !c.warn && !c.on {
				c.rect.FillColor = theme.Color(c.ground(rest, theme.HoverRaised, theme.Press))
			}
			c.rect.StrokeWidth = 0
			if stroke != theme.Transparent {
				c.rect.StrokeColor, c.rect.StrokeWidth = theme.Color(stroke), 1
			}
			c.words.SetStyle(st)
			c.words.SetColor(ink)
			if c.icon != "" {
				c.drawing.Set(c.icon, ink)
				c.drawing.Show()
			} else {
				c.drawing.Hide()
			}
			showRing(c.ring, c.focused)
		}, c.rect, c.drawing, c.words, c.ring)
}

// Tone is what a tag or a banner means.
type Tone int

const (
	Neutral Tone = iota
	Good
	Attention
	Wrong
)

func (t Tone) colors() (ground, line, ink theme.Token) {
	switch t {
	case Good:
		return theme.OKSoft, theme.OKSoft, theme.OK
	case Attention:
		return theme.WarnSoft, theme.WarnLine, theme.Warn
	case Wrong:
		return theme.DangerSoft, theme.DangerLine, theme.Danger
	}
	return theme.Well, theme.Line, theme.Ink2
}

// Tag is one or two words about the thing beside it, 20 high.
func Tag(text string, tone Tone) fyne.CanvasObject {
	ground, _, ink := tone.colors()
	return NewBox(ground, Pad(2, 8, 2, 8, NewText(text, theme.Caption.SemiBold(), ink))).Radius(theme.RadiusXS)
}

// KeyHint is the name of a key, as drawn at the end of a field or a row.
func KeyHint(key string) fyne.CanvasObject {
	return NewBox(theme.Well, Pad(2, 6, 2, 6, NewText(key, theme.Micro, theme.Ink2))).Radius(theme.RadiusXS)
}

// Badge is a number in a round-ended ground, 20 high; over 99 it says 99+. It
// takes no room at 0.
type Badge struct {
	widget.BaseWidget
	n     int
	muted bool
	rect  *canvas.Rectangle
	words *Text
}

// NewBadge returns a badge; muted ones are grey.
func NewBadge(n int, muted bool) *Badge {
	b := &Badge{words: NewText("", theme.Micro.SemiBold(), theme.OnAccent)}
	b.ExtendBaseWidget(b)
	b.Set(n, muted)
	return b
}

// Set changes the number.
func (b *Badge) Set(n int, muted bool) {
	b.n, b.muted = n, muted
	s := strconv.Itoa(n)
	if n > 99 {
		s = "99+"
	}
	b.words.SetText(s)
	if n > 0 {
		b.Show()
	} else {
		b.Hide()
	}
	b.Refresh()
}

// CreateRenderer is called by the toolkit.
func (b *Badge) CreateRenderer() fyne.WidgetRenderer {
	b.rect = &canvas.Rectangle{CornerRadius: 10}
	return NewView(b,
		func() fyne.Size { return fyne.NewSize(max(20, b.words.MinSize().Width+12), 20) },
		func(s fyne.Size) {
			place(b.rect, 0, 0, s.Width, s.Height)
			w := b.words.MinSize().Width
			place(b.words, (s.Width-w)/2, (s.Height-14)/2, w, 14)
		},
		func() {
			b.rect.FillColor = theme.Color(theme.Accent)
			if b.muted {
				b.rect.FillColor = theme.Color(theme.MutedBadge)
			}
		}, b.rect, b.words)
}
