package settings

import (
	"fmt"

	"fyne.io/fyne/v2"

	"sotto/ui/kit"
	"sotto/ui/screens/part"
	"sotto/ui/text"
	"sotto/ui/theme"
)

// appearance is how the window looks: light or dark, the accent, sizes, and the
// language.
func (s *settings) appearance() fyne.CanvasObject {
	look := theme.Current()
	choose := func(change func(*theme.Look)) {
		next := theme.Current()
		change(&next)
		theme.Choose(fyne.CurrentApp(), next)
	}
	var pictures []fyne.CanvasObject
	for _, c := range []struct {
		mode theme.Mode
		name string
	}{{theme.System, wordSystem}, {theme.Light, wordLight}, {theme.Dark, wordDark}} {
		on := c.mode == look.Mode
		pick := func() { choose(func(l *theme.Look) { l.Mode = c.mode }); s.show() }
		pictures = append(pictures, kit.VStack(theme.S3,
			newMiniature(c.mode, on, c.name, pick),
			kit.Left(kit.NewRadio(c.name, on, pick))))
	}
	row := kit.HStackTop(theme.S4)
	stack := kit.VStack(theme.S5)
	for _, p := range pictures {
		row.Add(kit.Grow(p))
		stack.Add(p)
	}
	dots := kit.HStack(10)
	for i, a := range theme.Accents() {
		on := a.Name == look.Accent || look.Accent == "" && i == 0
		dots.Add(newDot(a, on, func() { choose(func(l *theme.Look) { l.Accent = a.Name }); s.show() }))
	}
	size := kit.NewText(fmt.Sprintf(wordTextSizeText, look.Text), theme.Caption, theme.Ink2)
	slider := kit.NewSlider(wordTextSize, theme.TextLeast, theme.TextMost, look.Text, func(v int) {
		choose(func(l *theme.Look) { l.Text = v })
		size.SetText(fmt.Sprintf(wordTextSizeText, v))
	})
	sizes := kit.HStack(theme.S3, kit.NewText("A", theme.Caption, theme.Ink2), slider, kit.NewText("A", theme.Heading.Regular(), theme.Ink2))
	density := 0
	if look.Compact {
		density = 1
	}
	dense := kit.Segmented([]string{wordComfortable, wordCompact}, density, func(i int) {
		choose(func(l *theme.Look) { l.Compact = i == 1 })
	})
	still := kit.NewSwitch(wordStill, look.Still, func(on bool) { choose(func(l *theme.Look) { l.Still = on }) })
	return kit.VStack(theme.S4,
		kit.Card(theme.S5, part.NewAdapt(520, stack, row)),
		part.Rows(
			below(420, wordAccent, nil, dots),
			below(420, wordTextSize, size, sizes),
			below(420, wordDensity, kit.Paragraph(wordDensityText, theme.Caption, theme.Ink2), dense),
			part.Row(wordStill, wordStillText, still)),
		part.Rows(
			part.Row(wordLanguage, wordNextStart, s.languages()),
			part.Row(wordScale, wordNextStart, s.scales())))
}

// below puts what changes something at the end of its row, or under it in a pane
// narrower than width.
func below(width float32, title string, under, end fyne.CanvasObject) fyne.CanvasObject {
	row := func(end fyne.CanvasObject) fyne.CanvasObject {
		words := kit.VStack(0, kit.Paragraph(title, theme.Body, theme.Ink))
		if under != nil {
			words.Add(under)
		}
		r := kit.HStack(theme.S4, kit.Grow(words))
		if end != nil {
			r.Add(end)
		}
		return kit.Pad(11, 20, 11, 20, kit.Stack(kit.Spacer(0, 37), r))
	}
	return part.NewAdapt(width, kit.VStack(0, row(nil), kit.Pad(0, 20, 14, 20, kit.Left(end))), row(end))
}

// languages chooses among those there are translations for.
func (s *settings) languages() fyne.CanvasObject {
	chosen := text.Chosen()
	name := wordSystem
	items := []choice{{wordSystem, ""}}
	for _, l := range text.Languages() {
		items = append(items, choice{l.Name, l.Tag})
		if l.Tag == chosen {
			name = l.Name
		}
	}
	return dropdown(name, items, func(tag string) error { return text.Choose(tag) }, s.fails)
}

// scales chooses how large everything is.
func (s *settings) scales() fyne.CanvasObject {
	p := fyne.CurrentApp().Preferences()
	percent := func(v int) string { return fmt.Sprintf(wordPercent, v) }
	var items []choice
	for _, v := range []int{75, 100, 125, 150, 175, 200} {
		items = append(items, choice{percent(v), fmt.Sprint(v)})
	}
	return dropdown(percent(p.IntWithFallback(theme.PrefScale, 100)), items, func(v string) error {
		var n int
		fmt.Sscan(v, &n)
		p.SetInt(theme.PrefScale, n)
		return nil
	}, s.fails)
}

type choice struct{ name, value string }

// dropdown is a button with what is chosen, which opens a menu of the choices.
func dropdown(name string, choices []choice, choose func(value string) error, fails func(error)) fyne.CanvasObject {
	b := kit.NewButton(name, kit.Secondary, nil).Opening()
	b.OnTap(func() {
		var items []kit.MenuItem
		for _, c := range choices {
			icon := ""
			if c.name == b.Text() {
				icon = "check"
			}
			items = append(items, kit.MenuItem{Icon: icon, Text: c.name, Do: func() {
				if err := choose(c.value); err != nil {
					fails(err)
					return
				}
				b.SetText(c.name)
			}})
		}
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(b)
		kit.ShowMenu(b, at.AddXY(0, 40), items...)
	})
	return b
}
