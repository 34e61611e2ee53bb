package settings

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/screens/part"
	"sotto/ui/theme"
)

// privacy is what others learn, and when the window locks.
func (s *settings) privacy() fyne.CanvasObject {
	receipts := kit.NewSwitch(wordReceipts, s.choices.ReadReceipts, func(on bool) {
		s.set(func(c *model.Settings) { c.ReadReceipts = on })
	})
	names, chosen := make([]string, len(lockChoices)), -1
	for i, d := range lockChoices {
		names[i] = wordNever
		if d > 0 {
			names[i] = fmt.Sprintf(wordMinutes, d/time.Minute)
		}
		if d == s.choices.LockAfter {
			chosen = i
		}
	}
	after := kit.Segmented(names, chosen, func(i int) {
		s.set(func(c *model.Settings) { c.LockAfter = lockChoices[i] })
	})
	return kit.VStack(theme.S4,
		part.Rows(part.Row(wordReceipts, wordReceiptText, receipts)),
		part.Rows(
			part.NewAdapt(560,
				kit.VStack(0, part.Row(wordLockAfter, wordLockText, nil), kit.Pad(0, 20, 14, 20, kit.Left(after))),
				part.Row(wordLockAfter, wordLockText, after)),
			part.Row(wordLockRow, wordLockRowText, kit.NewButton(wordLockNow, kit.Secondary, s.h.Lock).WithIcon("lock"))))
}

// network is how this computer is reached, and who is.
func (s *settings) network() fyne.CanvasObject {
	reachable := slices.DeleteFunc(slices.Clone(s.status.Addresses), isLoopback)
	state := wordNotStarted
	switch n := len(reachable); {
	case s.status.Online && !s.status.Network:
		state = wordNoNetwork
	case s.status.Online && n > 0:
		state = wordReachable.Of(n)
	}
	again := kit.NewButton(wordLookAgain, kit.Secondary, nil).WithIcon("refresh")
	again.OnTap(func() {
		again.Disable()
		s.h.Run(s.retry, func(error) { s.load() })
	})
	queue := wordNothing
	if s.status.Queue > 0 {
		queue = wordPieces.Of(s.status.Queue)
	}
	addresses := kit.VStack(2, kit.Paragraph(wordAddresses, theme.Body, theme.Ink))
	for _, a := range reachable {
		addresses.Add(kit.Paragraph(a, theme.Caption, theme.Ink2))
	}
	if len(reachable) == 0 {
		addresses.Add(kit.Paragraph(wordNoAddress, theme.Caption, theme.Ink2))
	}
	people := []fyne.CanvasObject{part.Row(wordConnections, strconv.Itoa(len(s.status.Connections)), nil)}
	if len(s.status.Connections) == 0 {
		people = []fyne.CanvasObject{part.Row(wordConnections, wordNobody, nil)}
	}
	for _, c := range s.status.Connections {
		people = append(people, kit.Pad(11, 20, 11, 20, kit.HStack(theme.S3,
			kit.NewAvatar(string(c.Contact), c.Name, 36),
			kit.Grow(kit.VStack(0, kit.Paragraph(c.Name, theme.Body, theme.Ink),
				kit.Paragraph(part.ViaWords(c.Via)+". "+c.Address, theme.Caption, theme.Ink2))))))
	}
	return kit.VStack(theme.S4,
		part.Rows(part.Row(wordState, state, again), part.Row(wordWaiting, queue, nil)),
		part.Rows(people...),
		part.Rows(kit.Pad(11, 20, 13, 20, addresses)))
}

// isLoopback reports whether a multiaddress leads nowhere but to this computer.
func isLoopback(addr string) bool {
	return strings.HasPrefix(addr, "/ip4/127.") || strings.HasPrefix(addr, "/ip6/::1/")
}

// about says what program this is.
func (s *settings) about() fyne.CanvasObject {
	return kit.VStack(theme.S4,
		kit.Pad(0, 0, theme.S2, 0, kit.Left(kit.NewLogo(64))),
		part.Rows(
			part.Row(wordVersion, s.program.Version, nil),
			part.Row(wordHow, wordHowText, nil),
			part.Row(wordLicence, wordLicenceText, nil),
			part.Row(wordFonts, wordFontsText, nil)))
}
