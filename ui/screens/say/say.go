// Package say turns what a program knows into what a person reads: kinds of
// error into sentences, times into words, a long id into a short one.
package say

import (
	"fmt"
	"strings"
	"time"

	"sotto/app/model"
	"sotto/ui/when"
)

// Error returns the sentence for err, and "" for nil.
func Error(err error) string {
	if err == nil {
		return ""
	}
	return Problem(model.KindOf(err))
}

// Problem returns the sentence for a kind of error.
func Problem(k model.Kind) string {
	if s, ok := kinds[k]; ok {
		return s
	}
	return unknown
}

// When returns the day and time of t for the middle of a sentence: "today at
// 14:06", "on Friday at 18:20", "on 3 November at 09:00".
func When(t, now time.Time) string {
	if when.SameDay(t, now) {
		return fmt.Sprintf(wordToday, when.Clock(t))
	}
	return when.At(t, now)
}

// Left returns a duration that runs down: "23 h 41 min", "6 days 2 h".
func Left(d time.Duration) string {
	minutes := int(d / time.Minute)
	days, hours, minutes := minutes/(24*60), minutes/60%24, minutes%60
	switch {
	case d < time.Minute:
		return wordMoment
	case days > 0:
		return wordDays.Of(days, days, hours)
	case hours > 0:
		return fmt.Sprintf(wordHours, hours, minutes)
	}
	return fmt.Sprintf(wordMinutes, minutes)
}

// ID returns the beginning and the end of an account's id in groups of four.
func ID(id model.ContactID) string {
	if len(id) < 16 {
		return string(id)
	}
	return fmt.Sprintf("%s %s … %s %s", id[:4], id[4:8], id[len(id)-8:len(id)-4], id[len(id)-4:])
}

// Groups puts a space after every n characters of s.
func Groups(s string, n int) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 && i%n == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
