// Package assets embeds what a person sees and no program computes: the icons,
// the mark, the fonts and the table of design tokens. It knows no toolkit; package
// ui/theme turns these bytes into resources and colours.
//
// The fonts are Inter (Regular, SemiBold, Italic) and Noto Color Emoji, both under
// the SIL Open Font License 1.1; the licences lie beside them in fonts/.
package assets

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed icons/*.svg *.svg icon.png tokens.json fonts/*.txt
var files embed.FS

// The fonts are not read but used where they lie in the program: a copy of the
// emoji would take 11 MB.
var (
	//go:embed fonts/Inter-Regular.otf
	interRegular []byte
	//go:embed fonts/Inter-SemiBold.otf
	interSemiBold []byte
	//go:embed fonts/Inter-Italic.otf
	interItalic []byte
	//go:embed fonts/NotoColorEmoji.ttf
	notoColorEmoji []byte
)

// Translations has a file of texts for each language, in translations/: see package
// ui/text.
//
//go:embed translations/*.json
var Translations embed.FS

// Names of the fonts that Font returns.
const (
	InterRegular   = "Inter-Regular.otf"
	InterSemiBold  = "Inter-SemiBold.otf"
	InterItalic    = "Inter-Italic.otf"
	NotoColorEmoji = "NotoColorEmoji.ttf"
)

// Names of the drawings that Logo returns.
const (
	LogoLight = "logo"       // the mark in two tones, for a light ground
	LogoDark  = "logo-dark"  // the same for a dark ground
	LogoMono  = "logo-mono"  // one colour, drawn in currentColor
	AppIcon   = "icon"       // the app icon, 32 px and up
	AppSmall  = "icon-small" // the app icon, 16 to 24 px
)

// Tokens returns the table of colours, sizes and type as JSON.
func Tokens() []byte { return mustRead("tokens.json") }

// Icon returns the drawing of the icon of that name ("search"): an SVG of 24 by
// 24 whose shapes are filled with #000000. It reports false if there is none.
func Icon(name string) ([]byte, bool) {
	b, err := files.ReadFile("icons/" + name + ".svg")
	return b, err == nil
}

// Icons returns the names of all icons in alphabetical order.
func Icons() []string {
	entries, err := fs.ReadDir(files, "icons")
	if err != nil {
		panic(err) // the directory is part of the program
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".svg"))
	}
	return names
}

// Logo returns one of the drawings named above as SVG.
func Logo(name string) []byte { return mustRead(name + ".svg") }

// AppPicture returns the app icon as a PNG of 512 by 512, drawn from icon.svg:
// not everything that shows a program's icon can draw its gradient.
func AppPicture() []byte { return mustRead("icon.png") }

// Font returns one of the fonts named above, which is not to be written to.
func Font(name string) []byte {
	switch name {
	case InterRegular:
		return interRegular
	case InterSemiBold:
		return interSemiBold
	case InterItalic:
		return interItalic
	case NotoColorEmoji:
		return notoColorEmoji
	}
	panic("assets: no font " + name)
}

// mustRead reads a file that is part of the program.
func mustRead(name string) []byte {
	b, err := files.ReadFile(name)
	if err != nil {
		panic("assets: no file " + name)
	}
	return b
}
