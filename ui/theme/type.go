package theme

import (
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Style is how a piece of text is set: size and line height in pixels, and
// weight. The text's own box stands in the middle of the line height.
type Style struct {
	Size, Line float32
	Bold       bool // SemiBold
	Italic     bool
	Code       bool // in a face whose letters are all as wide
}

// The eight sizes. Title, Heading and Display are semibold by rule.
var (
	Micro   = style("micro", false)
	Caption = style("caption", false)
	Small   = style("small", false)
	Body    = style("body", false)
	Title   = style("title", true)
	Heading = style("heading", true)
	Display = style("display", true)
	Emoji   = style("emoji", false)
)

// Monospace returns how code is set among words in s: a little smaller, in lines
// as high.
func (s Style) Monospace() Style {
	return Style{Size: float32(math.Round(float64(s.Size * Small.Size / Body.Size))), Line: s.Line, Code: true}
}

func style(name string, bold bool) Style {
	t := tokens.Type[name]
	return Style{Size: t[0], Line: t[1], Bold: bold}
}

// SemiBold returns s in semibold.
func (s Style) SemiBold() Style { s.Bold = true; return s }

// Regular returns s in the regular weight.
func (s Style) Regular() Style { s.Bold = false; return s }

// TextStyle returns the toolkit's word for the weight and slant of s.
func (s Style) TextStyle() fyne.TextStyle {
	return fyne.TextStyle{Bold: s.Bold, Italic: s.Italic, TabWidth: plainTab}
}

// Font returns the font that text is set in, in s; nil leaves it to the toolkit,
// by the TextStyle.
//
// What the toolkit chooses for a TextStyle it reads together with three others to
// fall back on, some 5 MB for each style. A font that is named is read alone; but
// what is not in it then comes from a system font of the regular weight, so texts
// with other letters than ours are left to the toolkit.
func (s Style) Font(text string) fyne.Resource {
	switch {
	case s.Code:
		return monospace
	case !inInter(text):
		return nil
	case s.Bold:
		return semiBold
	case s.Italic:
		return italic
	}
	return regular
}

// inInter reports whether text has only letters that all faces of ours have.
func inInter(text string) bool {
	for _, r := range text {
		switch {
		case r < 0x250: // Latin
		case 0x391 <= r && r <= 0x3C9, 0x400 <= r && r <= 0x45F: // Greek, Cyrillic
		case 0x2010 <= r && r <= 0x2027, 0x20A0 <= r && r <= 0x20BF, 0x2190 <= r && r <= 0x2199: // punctuation, currencies, arrows
		default:
			return false
		}
	}
	return true
}

// Inter's ascent and descent above and below the baseline, in em, and the ascent
// of the face for code.
const (
	interAscent  = .96875
	interDescent = .2412
	codeAscent   = .928
)

// Baseline returns how far below the top of a line of s its baseline lies: the
// font's box in whole pixels, in the middle of the line height and rather half a
// pixel too high than too low.
func (s Style) Baseline() float32 {
	up := math.Round(interAscent * float64(s.Size))
	down := math.Round(interDescent * float64(s.Size))
	return float32(math.Floor((float64(s.Line)-up-down)/2) + up)
}

// Top returns how far below the top of a line the toolkit's text object has to
// lie for its baseline to be there.
func (s Style) Top() float32 {
	if s.Code {
		return s.Baseline() - float32(math.Ceil(codeAscent*float64(s.Size)))
	}
	return s.Baseline() - float32(math.Ceil(interAscent*float64(s.Size)))
}

// The only gaps, in pixels.
const (
	S1  float32 = 4
	S2  float32 = 8
	S3  float32 = 12
	S4  float32 = 16
	S5  float32 = 20
	S6  float32 = 24
	S7  float32 = 28
	S8  float32 = 32
	S9  float32 = 40
	S10 float32 = 48
	S11 float32 = 56
	S12 float32 = 64
)

// The corner radii, in pixels.
const (
	RadiusXS  float32 = 6
	RadiusSM  float32 = 8
	RadiusMD  float32 = 10
	RadiusLG  float32 = 12
	RadiusXL  float32 = 16
	Radius2XL float32 = 20
)

// Shadow returns the shadow of that name, "pop" or "float", for what floats.
func Shadow(name string) canvas.Shadow {
	s := tokens.Shadow[name]
	c := s.Light
	if IsDark() {
		c = s.Dark
	}
	return canvas.Shadow{Color: color.NRGBA(c), BlurRadius: s.Blur, Offset: fyne.NewPos(0, s.Y)}
}

// Edge returns the colour of the 1 px stroke that goes with each shadow, on a
// ground of that colour. It is worked out here because the painter puts a stroke
// in the fill's place, not over it, and the shadow would shine through.
func Edge(ground Token) color.NRGBA {
	const strength = 0x14 / 255.
	if IsDark() {
		return Mix(Color(ground), color.NRGBA{R: 0xFF, G: 0xFF, B: 0xFF, A: 0xFF}, strength)
	}
	return Mix(Color(ground), color.NRGBA{R: 0x22, G: 0x20, B: 0x1C, A: 0xFF}, strength)
}
