package theme

import (
	"bytes"
	"image/color"
	"math"
	"testing"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	fynetheme "fyne.io/fyne/v2/theme"
	"github.com/go-text/typesetting/font"

	"sotto/assets"
)

func luminance(c color.NRGBA) float64 {
	lin := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= .03928 {
			return x / 12.92
		}
		return math.Pow((x+.055)/1.055, 2.4)
	}
	return .2126*lin(c.R) + .7152*lin(c.G) + .0722*lin(c.B)
}

func contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + .05) / (min(x, y) + .05)
}

// All pairs of text and ground reach 4.5:1, in both modes and every accent, also
// those whose colours are worked out here.
func TestContrast(t *testing.T) {
	app := test.NewTempApp(t)
	pairs := [][2]Token{{Ink, Paper}, {Ink2, Side}, {Ink3, Side}, {Ink2, Card}, {Ink3, Card}, {AccentInk, Card}, {AccentInk, Side},
		{Ink, Select}, {Ink2, Select}, {Ink3, Select}, {AccentInk, Select}, {OnAccent, Accent}, {OnAccent, AccentHover}, {OnAccent, AccentPress},
		{Ink, BubbleOut}, {BubbleOut2, BubbleOut}, {BubbleIn2, BubbleIn}, {Warn, WarnSoft}, {Danger, Side}, {Danger, DangerSoft}, {OnDanger, DangerFill}, {Paper, Ink}}
	for _, mode := range []Mode{Light, Dark} {
		for _, a := range Accents() {
			Use(app, Look{Mode: mode, Accent: a.Name})
			for _, p := range pairs {
				if c := contrast(Color(p[0]), Color(p[1])); c < 4.5 {
					t.Errorf("%s, %s: %s on %s has a contrast of %.2f", mode, a.Name, p[0], p[1], c)
				}
			}
		}
	}
}

func TestTokens(t *testing.T) {
	app := test.NewTempApp(t)
	Use(app, Look{Mode: Light})
	if got := Color(Accent); got != (color.NRGBA{0x17, 0x61, 0x6B, 0xFF}) {
		t.Errorf("accent is %v", got)
	}
	Use(app, Look{Mode: Dark})
	if got := Color(Scrim); got != (color.NRGBA{0x0C, 0x0B, 0x0A, 0x99}) {
		t.Errorf("scrim is %v", got)
	}
	for _, token := range []Token{Paper, Side, Hover, Line, Ink, AccentInk, Track, MutedBadge, Focus, QuoteOut} {
		if Color(token) == (color.NRGBA{}) {
			t.Errorf("no colour %s", token)
		}
	}
	Choose(app, Look{Mode: Light, Accent: "Plum", Text: 17, Compact: true, Still: true})
	Use(app, Look{Mode: Dark})
	Restore(app)
	if got, want := Current(), (Look{Mode: Light, Accent: "Plum", Text: 17, Compact: true, Still: true}); got != want {
		t.Errorf("restored %+v, want %+v", got, want)
	}
}

// The face that is written in has the lines of the body style, its baseline
// where that has it, and the same glyphs.
func TestEntryFont(t *testing.T) {
	app := test.NewTempApp(t)
	Use(app, Look{Mode: Light})
	plain, _ := app.Driver().RenderedTextSize("Are you still on the train?", Body.Size, Body.TextStyle(), nil)
	entry, baseline := app.Driver().RenderedTextSize("Are you still on the train?", Body.Size, EntryStyle, nil)
	if entry.Height != Body.Line || entry.Width != plain.Width {
		t.Errorf("a written line is %v, set it is %v", entry, plain)
	}
	if math.Ceil(float64(baseline)) != float64(Body.Baseline()) {
		t.Errorf("its baseline is at %v, want %v", baseline, Body.Baseline())
	}
}

// A text names a font exactly if all faces of ours have all its letters; but for
// a few that are rarer than what it would cost to tell.
func TestFontsOfTexts(t *testing.T) {
	var faces []*font.Face
	for _, st := range []Style{Body, Title, {Italic: true}} {
		f, err := font.ParseTTF(bytes.NewReader(st.Font("a").Content()))
		if err != nil {
			t.Fatal(err)
		}
		faces = append(faces, f)
	}
	lacking := 0
	for r := rune(0x20); r <= unicode.MaxRune; r++ {
		if !unicode.IsGraphic(r) || Body.Font("a"+string(r)) == nil {
			continue
		}
		for _, f := range faces {
			if _, ok := f.NominalGlyph(r); !ok {
				lacking++
			}
		}
	}
	if lacking > 3*8 {
		t.Errorf("%d letters that are said to be in a font are not", lacking)
	}
	for text, named := range map[string]bool{
		"Don’t … 5 € →": true, "Боб": true, "Ωμέγα": true, "Łódź": true,
		"مرحبا": false, "שלום": false, "李明": false, "Bob 李": false, "한": false, "👍": false, "✓": false,
	} {
		if got := Body.Font(text); (got == regular) != named || (got == nil) == named {
			t.Errorf("whether %q names a font: want %v", text, named)
		}
	}
	if Title.Font("Боб") != semiBold || (Style{Italic: true}).Font("Боб") != italic || Body.Monospace().Font("李") != monospace {
		t.Error("a style has another font than its own")
	}
}

func TestIcons(t *testing.T) {
	app := test.NewTempApp(t)
	Use(app, Look{Mode: Light})
	names := assets.Icons()
	if len(names) < 70 {
		t.Fatalf("%d icons", len(names))
	}
	seen := map[string]bool{}
	for _, n := range names {
		for _, token := range []Token{Ink, Danger} {
			r := Icon(n, token)
			if seen[r.Name()] {
				t.Errorf("two drawings are called %s", r.Name())
			}
			seen[r.Name()] = true
			if string(r.Content()) == "" || bytes.Contains(r.Content(), []byte("#000000")) {
				t.Errorf("%s is not recoloured", r.Name())
			}
		}
	}
	for _, n := range []string{assets.LogoLight, assets.LogoDark, assets.LogoMono, assets.AppIcon, assets.AppSmall} {
		if len(assets.Logo(n)) == 0 {
			t.Errorf("no drawing %s", n)
		}
	}
}

func TestToolkitNames(t *testing.T) {
	app := test.NewTempApp(t)
	Use(app, Look{Mode: Light})
	th := app.Settings().Theme()
	if got := th.Color(fynetheme.ColorNameBackground, fynetheme.VariantDark); got != Color(Paper) {
		t.Errorf("the chosen mode does not win over the system's: %v", got)
	}
	if th.Size(fynetheme.SizeNameText) != 14 || th.Font(fyne.TextStyle{Bold: true}).Name() != assets.InterSemiBold {
		t.Error("text is not set in Inter 14")
	}
}
