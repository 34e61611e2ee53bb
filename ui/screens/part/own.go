package part

import (
	"fmt"
	"slices"
	"time"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/when"
)

// This file is what is done with a contact both in the list of conversations and
// on the contact's page.

// MuteItems are the times that a contact can be muted for; set is called with the
// end of the one that is chosen.
func MuteItems(set func(until time.Time)) []kit.MenuItem {
	var items []kit.MenuItem
	for _, s := range muteSpans {
		items = append(items, kit.MenuItem{Icon: "mute", Text: s.words, Do: func() {
			until := model.Forever
			if s.long > 0 {
				until = time.Now().Add(s.long)
			}
			set(until)
		}})
	}
	return items
}

// UnmuteItem ends that a contact is muted; set is called with the zero time.
func UnmuteItem(set func(until time.Time)) kit.MenuItem {
	return kit.MenuItem{Icon: "bell", Text: WordUnmute, Do: func() { set(time.Time{}) }}
}

// timers are the times that are offered after which messages disappear; 0 is never.
var timers = []time.Duration{0, time.Hour, 8 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, 28 * 24 * time.Hour}

// Timers returns the times that are offered after which messages disappear: 0, never,
// some more, and now, which the other side can have set to one that is not offered.
func Timers(now time.Duration) []time.Duration {
	if slices.Contains(timers, now) {
		return timers
	}
	return append(slices.Clone(timers), now)
}

// TimerWords names one of them.
func TimerWords(d time.Duration) string {
	if d == 0 {
		return wordTimerOff
	}
	s := when.Span(d)
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// AskRemove asks, in the window that o is in, whether a contact is to be removed.
func AskRemove(o fyne.CanvasObject, c model.Contact, remove func()) {
	var shut func()
	shut = kit.ShowDialog(o, kit.DialogOptions{
		Title: fmt.Sprintf(wordRemoveTitle, c.Name), Text: fmt.Sprintf(wordRemoveText, c.Name),
		Buttons: []fyne.CanvasObject{
			kit.NewButton(wordRemove, kit.Danger, func() { shut(); remove() }),
			kit.NewButton(wordCancel, kit.Secondary, func() { shut() }),
		}})
}
