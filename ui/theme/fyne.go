package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
)

// fyneTheme answers the toolkit's own names from the table, for the few of its
// widgets that are in use (the text entry, the scroll bar).
type fyneTheme struct{}

var colors = map[fyne.ThemeColorName]Token{
	fynetheme.ColorNameBackground:          Paper,
	fynetheme.ColorNameOverlayBackground:   Popover,
	fynetheme.ColorNameMenuBackground:      Popover,
	fynetheme.ColorNameHeaderBackground:    Side,
	fynetheme.ColorNameForeground:          Ink,
	fynetheme.ColorNamePlaceHolder:         Ink3,
	fynetheme.ColorNameForegroundOnPrimary: OnAccent,
	fynetheme.ColorNameHyperlink:           AccentInk,
	fynetheme.ColorNameFocus:               Focus,
	fynetheme.ColorNameHover:               Hover,
	fynetheme.ColorNamePressed:             Press,
	fynetheme.ColorNameSeparator:           Line,
	fynetheme.ColorNameError:               DangerFill,
	fynetheme.ColorNameWarning:             Warn,
	fynetheme.ColorNameSuccess:             OK,
	fynetheme.ColorNameForegroundOnError:   OnDanger,
	fynetheme.ColorNameForegroundOnWarning: Paper,
	fynetheme.ColorNameForegroundOnSuccess: Paper,
	fynetheme.ColorNameButton:              Card,

	// The caret is drawn in the primary colour; on the dark ground the accent's
	// fill is too dim for it.
	fynetheme.ColorNamePrimary: Focus,
	// A selection is seen on a card: mark is the colour behind a run of text.
	fynetheme.ColorNameSelection: Mark,
	// Package kit draws ground and outline of a field itself.
	fynetheme.ColorNameInputBackground: Transparent,
	fynetheme.ColorNameInputBorder:     Transparent,
}

func (*fyneTheme) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	switch name {
	case fynetheme.ColorNameDisabled:
		return Faded(Ink, Disabled)
	case fynetheme.ColorNameDisabledButton:
		return Faded(Card, Disabled)
	case fynetheme.ColorNameScrollBar:
		return Faded(Ink3, .5)
	case fynetheme.ColorNameScrollBarBackground, fynetheme.ColorNameShadow:
		// The toolkit's only shadow in use is the one at the edges of what
		// scrolls, which is drawn with hairlines here.
		return color.Transparent
	}
	if t, ok := colors[name]; ok {
		return Fill(Color(t))
	}
	variant := fynetheme.VariantLight
	if IsDark() {
		variant = fynetheme.VariantDark
	}
	return fynetheme.DefaultTheme().Color(name, variant)
}

func (*fyneTheme) Icon(name fyne.ThemeIconName) fyne.Resource {
	return fynetheme.DefaultTheme().Icon(name)
}

func (*fyneTheme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case fynetheme.SizeNameText:
		return Body.Size
	case fynetheme.SizeNameCaptionText:
		return Caption.Size
	case fynetheme.SizeNameSubHeadingText:
		return Title.Size
	case fynetheme.SizeNameHeadingText:
		return Heading.Size
	case fynetheme.SizeNamePadding:
		return S1
	case fynetheme.SizeNameInnerPadding:
		return InnerPadding
	case fynetheme.SizeNameLineSpacing:
		return 0 // the lines of EntryStyle are 20 high by themselves
	case fynetheme.SizeNameSeparatorThickness:
		return 1
	case fynetheme.SizeNameInputBorder:
		return CaretWidth
	case fynetheme.SizeNameInputRadius:
		return 0 // of the entry's own outline, which package kit cuts off
	case fynetheme.SizeNameSelectionRadius:
		return 3
	case fynetheme.SizeNameScrollBar:
		return 10
	case fynetheme.SizeNameScrollBarSmall:
		return 3
	}
	return fynetheme.DefaultTheme().Size(name)
}

const (
	// InnerPadding is what the toolkit's entry keeps free around its text.
	InnerPadding float32 = 8
	// CaretWidth is how wide the caret is; the toolkit has one size for it and
	// for the entry's outline.
	CaretWidth float32 = 2
)

func (*fyneTheme) Font(s fyne.TextStyle) fyne.Resource {
	switch {
	case s.Monospace, s.Symbol:
		return fynetheme.DefaultTheme().Font(s)
	case s.Bold:
		return semiBold
	case s.Italic:
		return italic
	case s.TabWidth == plainTab:
		return regular
	}
	return entryFont
}
