package theme

import (
	"encoding/binary"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"

	"sotto/assets"
)

var (
	regular   = fyne.NewStaticResource(assets.InterRegular, assets.Font(assets.InterRegular))
	semiBold  = fyne.NewStaticResource(assets.InterSemiBold, assets.Font(assets.InterSemiBold))
	italic    = fyne.NewStaticResource(assets.InterItalic, assets.Font(assets.InterItalic))
	emojiFont = fyne.NewStaticResource(assets.NotoColorEmoji, assets.Font(assets.NotoColorEmoji))
	entryFont = fyne.NewStaticResource("Inter-Entry.otf",
		withLineHeight(assets.Font(assets.InterRegular), Body))
	monospace = fynetheme.DefaultTextMonospaceFont() // brought along by the toolkit
)

// EmojiFont is the font of everything that is an emoji.
func EmojiFont() fyne.Resource { return emojiFont }

// EntryStyle is the text style of text that is being written: the regular face
// whose lines are as high as the body style asks for. The toolkit's entry puts
// its lines as far apart as the font says, so the font is told. It is the style
// that the toolkit itself measures with, so that this face and those it falls
// back on are read once.
var EntryStyle = fyne.TextStyle{}

// plainTab marks the text style of regular text that is not being written: as
// many spaces a tab as the toolkit takes if it is told none.
const plainTab = 4

// withLineHeight returns a copy of the OpenType font whose ascent and descent
// (the tables hhea and OS/2) make up the line height of st, the baseline where
// st has it.
func withLineHeight(font []byte, st Style) []byte {
	out := append([]byte(nil), font...)
	be := binary.BigEndian
	head, hhea, os2 := sfntTable(out, "head"), sfntTable(out, "hhea"), sfntTable(out, "OS/2")
	em := float32(be.Uint16(head[18:]))
	ascent := int16(st.Baseline() / st.Size * em)
	descent := ascent - int16(st.Line/st.Size*em) // below the baseline is negative
	for _, f := range []struct {
		b []byte
		v int16
	}{
		{hhea[4:], ascent}, {hhea[6:], descent}, {hhea[8:], 0}, // and no line gap
		{os2[68:], ascent}, {os2[70:], descent}, {os2[72:], 0},
		{os2[74:], ascent}, {os2[76:], -descent},
	} {
		be.PutUint16(f.b, uint16(f.v))
	}
	return out
}

// sfntTable returns the bytes of a table of a font of ours, which has it.
func sfntTable(font []byte, tag string) []byte {
	be := binary.BigEndian
	for i := range int(be.Uint16(font[4:])) {
		r := font[12+16*i:]
		if string(r[:4]) == tag {
			return font[be.Uint32(r[8:]):][:be.Uint32(r[12:])]
		}
	}
	panic("theme: font without table " + tag)
}
