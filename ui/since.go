package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"sotto/ui/kit"
)

// span is how far back a search looks.
type span int

const (
	anyTime span = iota
	today
	thisWeek
	thisMonth
	thisYear
)

func (s span) words() string {
	return [...]string{wordAnyTime, wordToday, wordThisWeek, wordThisMonth, wordThisYear}[s]
}

// from returns when a span that now is in began; the zero time for any. Weeks
// begin on Mondays.
func (s span) from(now time.Time) time.Time {
	y, m, d := now.Date()
	switch s {
	case today:
	case thisWeek:
		d -= (int(now.Weekday()) + 6) % 7
	case thisMonth:
		d = 1
	case thisYear:
		m, d = time.January, 1
	default:
		return time.Time{}
	}
	return time.Date(y, m, d, 0, 0, 0, 0, now.Location())
}

// narrowed reports whether only some messages are looked for, whatever their words.
func (f *finder) narrowed() bool { return f.links || f.stars || f.since != anyTime }

// chooseSince asks how far back to look.
func (f *finder) chooseSince() {
	l := f.v.list
	var items []kit.MenuItem
	for s := anyTime; s <= thisYear; s++ {
		icon := ""
		if s == f.since {
			icon = "check"
		}
		items = append(items, kit.MenuItem{Icon: icon, Text: s.words(), Do: func() {
			f.since = s
			f.set(l.search.Text())
			l.refresh()
		}})
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(l.since)
	kit.ShowMenu(l.since, at.AddXY(0, l.since.Size().Height+6), items...)
}
