package say

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"sotto/app/model"
)

func TestEveryKindHasASentence(t *testing.T) {
	for k, s := range kinds {
		if !strings.HasSuffix(s, ".") || strings.ContainsAny(s, "!") || strings.Contains(strings.ToLower(s), "please") {
			t.Errorf("%s: %q is not a plain sentence", k, s)
		}
	}
	err := fmt.Errorf("app: %w", model.E(model.WrongPassphrase, "", errors.New("cause")))
	if got := Error(err); got != kinds[model.WrongPassphrase] {
		t.Errorf("%q", got)
	}
	if got := Error(errors.New("anything")); got != unknown {
		t.Errorf("%q", got)
	}
	if Error(nil) != "" {
		t.Error("no error has a sentence")
	}
}

func TestLeft(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Hour:                        "less than a minute",
		59 * time.Second:                  "less than a minute",
		41 * time.Minute:                  "41 min",
		23*time.Hour + 41*time.Minute:     "23 h 41 min",
		26 * time.Hour:                    "1 day 2 h",
		6*24*time.Hour + 90*time.Minute:   "6 days 1 h",
		30*24*time.Hour - time.Nanosecond: "29 days 23 h",
	} {
		if got := Left(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestWhenAndID(t *testing.T) {
	now := time.Date(2026, 11, 23, 14, 6, 0, 0, time.Local)
	if got := When(now, now); !strings.HasPrefix(got, "today at ") {
		t.Errorf("%q", got)
	}
	if got := When(now.AddDate(0, 0, -3), now); !strings.HasPrefix(got, "on Friday at ") {
		t.Errorf("%q", got)
	}
	if got := ID("0123456789abcdef0123456789abcdef"); got != "0123 4567 … 89ab cdef" {
		t.Errorf("%q", got)
	}
	if got := ID("0123"); got != "0123" {
		t.Errorf("%q", got)
	}
	if got := Groups("1234567", 5); got != "12345 67" {
		t.Errorf("%q", got)
	}
}
