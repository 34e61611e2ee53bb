package emoji

import (
	"bytes"
	"testing"
	"unicode/utf8"

	"github.com/go-text/typesetting/font"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/theme"
)

func TestEveryEmojiIsInTheFont(t *testing.T) {
	face, err := font.ParseTTF(bytes.NewReader(theme.EmojiFont().Content()))
	if err != nil {
		t.Fatal(err)
	}
	seen, n := map[string]bool{}, 0
	for _, g := range Groups() {
		if len(g.Emoji) < 50 {
			t.Errorf("%s has %d", g.Name, len(g.Emoji))
		}
		for _, e := range g.Emoji {
			n++
			r, _ := utf8.DecodeRuneInString(e.Text)
			if _, ok := face.NominalGlyph(r); !ok {
				t.Errorf("the font has no %s (%x)", e.Name, []rune(e.Text))
			}
			if kit.EmojiOnly(e.Text, 1) != 1 {
				t.Errorf("%s is not one emoji: %x", e.Name, []rune(e.Text))
			}
			if seen[e.Code] {
				t.Errorf("%s twice", e.Code)
			}
			seen[e.Code] = true
		}
	}
	t.Log(n)
	if n < 1500 {
		t.Errorf("%d emoji", n)
	}
	if first := Groups()[0].Emoji[0].Name; first != "grinning face" {
		t.Errorf("the first is %s", first)
	}
}

func TestSearch(t *testing.T) {
	got := Search("Thumbs")
	if len(got) < 2 || got[0].Text != "👍" {
		t.Errorf("thumbs: %v", got)
	}
	got = Search("cat")
	if len(got) == 0 || got[0].Code[:3] != "cat" {
		t.Errorf("cat: %v", got)
	}
	if e, ok := Of("red-heart"); !ok || e.Text != "❤️" {
		t.Errorf("red-heart is %+v", e)
	}
	if _, ok := Of("red"); ok || Search(" :") != nil {
		t.Error("half a name is one")
	}
}

func TestRecent(t *testing.T) {
	var r Recent
	for _, e := range Groups()[0].Emoji[:40] {
		r.Use(e)
	}
	r.Use(Groups()[0].Emoji[20])
	if all := r.All(); len(all) != model.MaxUsedEmoji || all[0] != Groups()[0].Emoji[20] || all[1] != Groups()[0].Emoji[39] {
		t.Errorf("%v", all)
	}
}
