package app

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"sotto/app/model"
)

// cleanName makes a name safe to show beside other text: one line, no control
// characters, nothing that turns the direction of what stands around it or is
// invisible, at most model.MaxName bytes. What is left may be empty.
func cleanName(s string) string {
	s = strings.ToValidUTF8(s, "")
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == '\u200d' || r == '\ufe0f': // they join and colour emoji
			return r
		case !unicode.IsPrint(r): // control, format (bidi overrides among them), private, unassigned
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	for len(s) > model.MaxName {
		_, n := utf8.DecodeLastRuneInString(s)
		s = strings.TrimRight(s[:len(s)-n], " ")
	}
	if !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsGraphic(r) && r != ' ' && r != '\ufe0f' }) {
		return ""
	}
	return s
}

// checkName returns a name that the person chose, cleaned, or kind BadName. A
// name that is too long is refused and not cut: the person is there to choose.
func checkName(s string) (string, error) {
	if len(s) > model.MaxName {
		return "", model.E(model.BadName, "too long", nil)
	}
	clean := cleanName(s)
	if clean == "" {
		return "", model.E(model.BadName, "empty", nil)
	}
	return clean, nil
}

// cleanText makes a message's text safe to store and draw: valid UTF-8, no
// control characters but line breaks and tabs.
func cleanText(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
}

// checkText returns a text that the person wrote, cleaned, or kind EmptyText
// or TextTooLong.
func checkText(s string) (string, error) {
	if len(s) > model.MaxText {
		return "", model.E(model.TextTooLong, "", nil)
	}
	s = strings.TrimRight(cleanText(s), " \t\n")
	if strings.TrimSpace(s) == "" {
		return "", model.E(model.EmptyText, "", nil)
	}
	return s, nil
}
