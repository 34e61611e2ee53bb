package ui

import (
	"fmt"
	"net/url"
	"strings"

	"fyne.io/fyne/v2"

	"sotto/ui/kit"
	"sotto/ui/rich"
	"sotto/ui/theme"
)

// isCode reports whether an address is a code of Sotto's own.
func isCode(address string) bool {
	return len(address) > 6 && strings.EqualFold(address[:6], "sotto:")
}

// follow asks before an address leaves for the browser, and says where it leads:
// what is written may look like another. Nothing is fetched here.
func (c *conversation) follow(address string) {
	if isCode(address) {
		c.followCode(address)
		return
	}
	u, err := url.Parse(address)
	if err != nil {
		return
	}
	var done func()
	host := kit.Paragraph(rich.Host(address), theme.Title, theme.Ink)
	content := kit.VStack(theme.S2, host)
	if full := elideMiddle(u.String()); full != "https://"+rich.Host(address) {
		content.Add(kit.Paragraph(full, theme.Small, theme.Ink2))
	}
	if u.User != nil {
		content.Add(kit.Paragraph(wordNotTheHost, theme.Small, theme.Danger))
	}
	if host := u.Hostname(); host != rich.Host(address) {
		content.Add(kit.Paragraph(fmt.Sprintf(wordOtherLetters, host), theme.Small, theme.Danger))
	}
	done = kit.ShowDialog(c.timeline, kit.DialogOptions{Title: wordOpenAddress, Content: content, Buttons: []fyne.CanvasObject{
		kit.NewButton(wordCopyAddress, kit.Quiet, func() { done(); c.copyAddress(address) }),
		kit.NewButton(wordOpenIt, kit.Primary, func() {
			done()
			if err := openURL(u); err != nil {
				kit.ShowToast(c.timeline, kit.Toast{Icon: "warning", Text: wordNoBrowser})
			}
		}),
		kit.NewButton(wordStay, kit.Secondary, func() { done() }),
	}})
}

// openURL hands an address to the browser. A test puts its own in place.
var openURL = func(u *url.URL) error { return fyne.CurrentApp().OpenURL(u) }

// elideMiddle leaves out the middle of an address that is too long to be read.
func elideMiddle(s string) string {
	const most = 300
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most*2/3], "") + "…" + strings.ToValidUTF8(s[len(s)-most/3:], "")
}

// followCode leads to where a code of Sotto's is used.
func (c *conversation) followCode(code string) {
	var done func()
	done = kit.ShowDialog(c.timeline, kit.DialogOptions{Title: wordACode, Text: wordACodeText, Buttons: []fyne.CanvasObject{
		kit.NewButton(wordCopyAndAdd, kit.Primary, func() {
			done()
			c.copyAddress(code)
			c.v.addContact()
		}),
		kit.NewButton(wordStay, kit.Secondary, func() { done() }),
	}})
}

func (c *conversation) copyAddress(address string) {
	fyne.CurrentApp().Clipboard().SetContent(address)
	kit.ShowToast(c.timeline, kit.Toast{Icon: "check", Text: wordAddressCopied})
}
