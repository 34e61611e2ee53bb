package ui

import "time"

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
