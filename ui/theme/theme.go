// Package theme is the one table of colours, sizes and type that the window is
// drawn with. The values come from assets/tokens.json; no other package names a
// colour or a text size by number.
//
// Colours are asked for by token, theme.Color(theme.Ink), and answer in the mode
// and accent that are in use at that moment. A widget asks again whenever it is
// refreshed, and Use refreshes every window, so that a change of theme reaches
// everything on the screen.
package theme

import (
	"encoding/json"
	"fmt"
	"image/color"
	"math"
	"strings"
	"sync/atomic"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"

	"sotto/assets"
)

// Token names a colour of the table. docs of the look say what each is for.
type Token string

// The colours. Transparent is no token of the table: it draws nothing.
const (
	Paper       Token = "paper"
	Side        Token = "side"
	Card        Token = "card"
	Popover     Token = "popover"
	Hover       Token = "hover"
	HoverRaised Token = "hover-raised"
	Press       Token = "press"
	Well        Token = "well"
	Thumb       Token = "thumb"
	Select      Token = "select"
	Line        Token = "line"
	LineStrong  Token = "line-strong"
	Ink         Token = "ink"
	Ink2        Token = "ink-2"
	Ink3        Token = "ink-3"
	Accent      Token = "accent"
	AccentHover Token = "accent-hover"
	AccentPress Token = "accent-press"
	OnAccent    Token = "on-accent"
	AccentInk   Token = "accent-ink"
	AccentSoft  Token = "accent-soft"
	BubbleIn    Token = "bubble-in"
	BubbleOut   Token = "bubble-out"
	BubbleIn2   Token = "bubble-in-2"
	BubbleOut2  Token = "bubble-out-2"
	QuoteOut    Token = "quote-out"
	Track       Token = "track"
	OK          Token = "ok"
	OKSoft      Token = "ok-soft"
	Warn        Token = "warn"
	WarnSoft    Token = "warn-soft"
	WarnLine    Token = "warn-line"
	Danger      Token = "danger"
	DangerSoft  Token = "danger-soft"
	DangerLine  Token = "danger-line"
	DangerFill  Token = "danger-fill"
	OnDanger    Token = "on-danger"
	Mark        Token = "mark"
	MutedBadge  Token = "muted-badge"
	Scrim       Token = "scrim"
	Focus       Token = "focus"

	Transparent Token = ""
)

// Mode says which of the two palettes is in use.
type Mode string

const (
	System Mode = "system" // as the desktop says
	Light  Mode = "light"
	Dark   Mode = "dark"
)

// Swatch is one of the colours that a person can choose for what acts.
type Swatch struct {
	Name string
	Fill [2]color.NRGBA // light, dark: the fill of a primary button
}

type palette map[Token]color.NRGBA

// table is tokens.json as read.
type table struct {
	Color   map[Token]pair `json:"color"`
	Accents []struct {
		Name              string
		Fill, Ink, Bubble pair
	} `json:"accents"`
	Avatars []struct {
		Name        string
		Base, Shade hex
	} `json:"avatars"`
	Type   map[string][2]float32 `json:"type"`
	Shadow map[string]struct {
		Y, Blur     float32
		Light, Dark hex
	} `json:"shadow"`
}

type pair struct{ Light, Dark hex }

// hex is a colour written as #RRGGBB or #RRGGBBAA.
type hex color.NRGBA

func (h *hex) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	s = strings.TrimPrefix(s, "#")
	if len(s) == 6 {
		s += "FF"
	}
	if _, err := fmt.Sscanf(s, "%02X%02X%02X%02X", &h.R, &h.G, &h.B, &h.A); err != nil || len(s) != 8 {
		return fmt.Errorf("theme: %q is not a colour", s)
	}
	return nil
}

var tokens = parse(assets.Tokens())

func parse(b []byte) *table {
	var t table
	if err := json.Unmarshal(b, &t); err != nil {
		panic(err) // the table is part of the program
	}
	return &t
}

// Look is what a person chooses of how the window looks.
type Look struct {
	Mode    Mode
	Accent  string // name of one of Accents; "" or an unknown one is the first
	Text    int    // size of the text of messages, TextLeast to TextMost
	Compact bool   // rows of the list are lower
	Still   bool   // nothing slides or fades
}

// Sizes of the text of messages, in pixels. Everything else keeps its size.
const (
	TextLeast   = 12
	TextDefault = 14
	TextMost    = 20
)

// choice is what the person chose, with the palettes worked out.
type choice struct {
	Look
	light, dark palette
	message     Style
}

var active atomic.Pointer[choice]

func init() { active.Store(newChoice(Look{Mode: System})) }

func newChoice(l Look) *choice {
	if l.Text == 0 {
		l.Text = TextDefault
	}
	l.Text = min(TextMost, max(TextLeast, l.Text))
	message := Body
	message.Size = float32(l.Text)
	message.Line = float32(math.Round(float64(message.Size) * float64(Body.Line/Body.Size)))
	return &choice{Look: l, light: newPalette(l.Accent, false), dark: newPalette(l.Accent, true), message: message}
}

// Use makes app look like l and refreshes all its windows. It must be called on
// the UI goroutine.
func Use(app fyne.App, l Look) {
	active.Store(newChoice(l))
	app.Settings().SetTheme(&fyneTheme{})
}

// The toolkit's preferences are plain text on the disk; how the window looks is
// all that is kept there.
const (
	prefMode    = "theme"
	prefAccent  = "accent"
	prefText    = "text"
	prefCompact = "compact"
	prefStill   = "still"

	// PrefScale is the scale of the whole window in percent.
	PrefScale = "scale"
)

// Choose is Use, remembered for the next start.
func Choose(app fyne.App, l Look) {
	p := app.Preferences()
	p.SetString(prefMode, string(l.Mode))
	p.SetString(prefAccent, l.Accent)
	p.SetInt(prefText, l.Text)
	p.SetBool(prefCompact, l.Compact)
	p.SetBool(prefStill, l.Still)
	Use(app, l)
}

// Restore uses what was chosen last.
func Restore(app fyne.App) {
	p := app.Preferences()
	Use(app, Look{Mode: Mode(p.StringWithFallback(prefMode, string(System))), Accent: p.String(prefAccent),
		Text: p.IntWithFallback(prefText, TextDefault), Compact: p.Bool(prefCompact), Still: p.Bool(prefStill)})
}

// Current returns the look in use.
func Current() Look { return active.Load().Look }

// Message returns how the text of messages is set, and what is being written.
func Message() Style { return active.Load().message }

// IsDark reports whether the dark palette is in use.
func IsDark() bool {
	switch active.Load().Mode {
	case Light:
		return false
	case Dark:
		return true
	}
	return fyne.CurrentApp().Settings().ThemeVariant() == fynetheme.VariantDark
}

// Color returns the colour that t stands for now.
func Color(t Token) color.NRGBA {
	c := active.Load()
	if IsDark() {
		return c.dark[t]
	}
	return c.light[t]
}

// Fill returns c, or nothing if it cannot be seen: what has the colour that the
// toolkit itself calls transparent is not painted, and takes no time.
func Fill(c color.NRGBA) color.Color {
	if c.A == 0 {
		return color.Transparent
	}
	return c
}

// Faded returns the colour of t with its alpha multiplied by f, 0 to 1.
func Faded(t Token, f float32) color.NRGBA {
	c := Color(t)
	c.A = uint8(float32(c.A)*f + .5)
	return c
}

// Disabled is how much of a colour is left when what it draws cannot be used.
const Disabled = .45

// Accents returns the accents to choose from.
func Accents() []Swatch {
	out := make([]Swatch, len(tokens.Accents))
	for i, a := range tokens.Accents {
		out[i] = Swatch{Name: a.Name, Fill: [2]color.NRGBA{color.NRGBA(a.Fill.Light), color.NRGBA(a.Fill.Dark)}}
	}
	return out
}

// AvatarTone returns the base and the shade of the avatar tone i modulo their number.
func AvatarTone(i int) (base, shade color.NRGBA) {
	a := tokens.Avatars[i%len(tokens.Avatars)]
	return color.NRGBA(a.Base), color.NRGBA(a.Shade)
}

func newPalette(accent string, dark bool) palette {
	pick := func(p pair) color.NRGBA {
		if dark {
			return color.NRGBA(p.Dark)
		}
		return color.NRGBA(p.Light)
	}
	p := make(palette, len(tokens.Color))
	for t, c := range tokens.Color {
		p[t] = pick(c)
	}
	for i, a := range tokens.Accents {
		if i == 0 || a.Name != accent {
			continue // the table itself is drawn with the first
		}
		fill, ink, bubble := pick(a.Fill), pick(a.Ink), pick(a.Bubble)
		p[Accent], p[AccentInk], p[BubbleOut] = fill, ink, bubble
		p[AccentHover] = Mix(fill, color.NRGBA{A: 255}, .18)
		p[AccentPress] = Mix(fill, color.NRGBA{A: 255}, .32)
		p[Select] = Mix(bubble, p[Side], .5)
		p[AccentSoft] = p[Select]
		p[QuoteOut] = Mix(bubble, ink, .1)
		p[BubbleOut2] = p[Ink2]
		p[Focus] = fill
		if dark {
			p[Focus] = ink
		}
	}
	return p
}

// Mix returns a with f (0 to 1) of b mixed in; alpha is a's.
func Mix(a, b color.NRGBA, f float32) color.NRGBA {
	m := func(x, y uint8) uint8 { return uint8(float32(x)*(1-f) + float32(y)*f + .5) }
	return color.NRGBA{m(a.R, b.R), m(a.G, b.G), m(a.B, b.B), a.A}
}
