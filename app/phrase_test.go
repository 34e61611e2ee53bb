package app

import (
	"strings"
	"testing"
)

var goodPhrase = strings.Repeat("abandon ", 23) + "art"

func TestCheckPhrase(t *testing.T) {
	for text, want := range map[string]PhraseCheck{
		"":                                 {},
		"abandon":                          {Words: 1},
		"abandon aban":                     {Words: 2}, // still being typed
		"abandon aban ":                    {Words: 2, Unknown: 2},
		"abandon qq":                       {Words: 2, Unknown: 2},
		"qq abandon":                       {Words: 2, Unknown: 1},
		strings.Repeat("abandon ", 24):     {Words: 24},
		strings.ToUpper(goodPhrase) + "\n": {Words: 24, Right: true},
		goodPhrase + " abandon":            {Words: 25},
	} {
		if got := CheckPhrase(text); got != want {
			t.Errorf("%.40q: %+v, want %+v", text, got, want)
		}
	}
}

func FuzzCheckPhrase(f *testing.F) {
	f.Add(goodPhrase)
	f.Add("abandon \x00 \xff")
	f.Fuzz(func(t *testing.T, text string) {
		if c := CheckPhrase(text); c.Unknown > c.Words || c.Right && (c.Words != 24 || c.Unknown != 0) {
			t.Errorf("%q: %+v", text, c)
		}
	})
}
