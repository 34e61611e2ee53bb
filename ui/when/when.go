// Package when puts points in time into words, as short as the place asks for:
// "14:02" today, "Fri" this week, "12 Nov" this year.
package when

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// clock is the layout of a time of day, as the person's system writes it.
var clock = clockLayout(os.Getenv)

// clockLayout reads the locale's territory: a few write twelve hours.
func clockLayout(env func(string) string) string {
	locale := ""
	for _, name := range []string{"LC_ALL", "LC_TIME", "LANG"} {
		if locale = env(name); locale != "" {
			break
		}
	}
	lang, _, _ := strings.Cut(locale, ".")
	switch lang {
	case "en_US", "en_CA", "en_AU", "en_NZ", "en_PH", "en_IN", "hi_IN", "ar_EG", "es_MX", "es_CO", "ko_KR":
		return "3:04 PM"
	}
	return "15:04"
}

// Clock returns the time of day: "14:02".
func Clock(t time.Time) string { return t.Local().Format(clock) }

// Exact returns the time to the second, for a list of what happened: "14:02:09"
// today, "Fri 14:02:09" this week, "12 Nov 14:02:09" before.
func Exact(t, now time.Time) string {
	exact := t.Local().Format(strings.Replace(clock, ":04", ":04:05", 1))
	if SameDay(t, now) {
		return exact
	}
	return Short(t, now) + " " + exact
}

// Since returns the day or the time for the end of "since": "14:02" today,
// "yesterday", "Friday" this week, "12 November" before.
func Since(t, now time.Time) string {
	switch days(t, now) {
	case 0:
		return Clock(t)
	case 1:
		return wordYesterday
	}
	return Day(t, now)
}

// days returns how many midnights lie between t and now.
func days(t, now time.Time) int {
	t, now = t.Local(), now.Local()
	a := time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, time.UTC)
	b := time.Date(now.Year(), now.Month(), now.Day(), 12, 0, 0, 0, time.UTC)
	return int(b.Sub(a).Hours() / 24)
}

// SameDay reports whether both lie on one day of the calendar here.
func SameDay(a, b time.Time) bool { return days(a, b) == 0 }

// Short returns the time for the end of a list row.
func Short(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	switch d := days(t, now); {
	case d == 0:
		return Clock(t)
	case d > 0 && d < 7:
		return weekdays[t.Local().Weekday()].short
	}
	return date(t, now, months[t.Local().Month()-1].short)
}

// date returns the day of the calendar, with the year if it is another.
func date(t, now time.Time, month string) string {
	t = t.Local()
	if t.Year() == now.Local().Year() {
		return fmt.Sprintf(wordDate, t.Day(), month)
	}
	return fmt.Sprintf(wordDateYear, t.Day(), month, t.Year())
}

// Day returns the name of a day for a line between messages: "Today".
func Day(t, now time.Time) string {
	switch d := days(t, now); {
	case d == 0:
		return wordTodayHead
	case d == 1:
		return wordYesterdayHead
	case d > 1 && d < 7:
		return weekdays[t.Local().Weekday()].long
	}
	return date(t, now, months[t.Local().Month()-1].long)
}

// At returns the time for the middle of a sentence: "14:02", "yesterday at
// 14:02", "on Friday at 18:20", "on 3 November at 9:00".
func At(t, now time.Time) string {
	switch d := days(t, now); {
	case d == 0:
		return fmt.Sprintf(wordAt, Clock(t))
	case d == 1:
		return fmt.Sprintf(wordYesterdayAt, Clock(t))
	case d > 1 && d < 7:
		return fmt.Sprintf(weekdays[t.Local().Weekday()].at, Clock(t))
	}
	return fmt.Sprintf(wordDateAt, date(t, now, months[t.Local().Month()-1].long), Clock(t))
}

// Span returns a length of time in its largest unit that fits: "one week", "90
// minutes".
func Span(d time.Duration) string {
	for _, s := range spans {
		if d >= s.unit && d%s.unit == 0 {
			return s.words.Of(int(d / s.unit))
		}
	}
	return spans[len(spans)-1].words.Of(int(d / time.Second))
}
