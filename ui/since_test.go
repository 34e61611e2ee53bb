package ui

import (
	"context"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/stage"
	"sotto/ui/uitest"
)

func TestSpansBegin(t *testing.T) {
	sunday := time.Date(2026, 11, 29, 14, 2, 0, 0, time.UTC)
	for s, want := range map[span]string{today: "2026-11-29", thisWeek: "2026-11-23", thisMonth: "2026-11-01", thisYear: "2026-01-01"} {
		if got := s.from(sunday).Format("2006-01-02"); got != want {
			t.Errorf("%s begins on %s, want %s", s.words(), got, want)
		}
	}
	if !anyTime.from(sunday).IsZero() {
		t.Error("any time begins")
	}
}

func TestSearchByStarAndTime(t *testing.T) {
	m := story()
	old := m.Write(uitest.ID("Bob"), model.Incoming, model.Read, time.Now().AddDate(-2, 0, 0), "an old lamp")
	m.Write(uitest.ID("Bob"), model.Incoming, model.Read, time.Now(), "a new lamp")
	if err := m.Star(context.Background(), old.ID, true); err != nil {
		t.Fatal(err)
	}
	r := newRig(t, m, stage.Screens{}, fyne.NewSize(1280, 800))
	v := r.w.main
	want := func(rows ...string) {
		t.Helper()
		r.until("the search is done", func() bool { return !v.find.busy })
		if got := r.foundRows(); !slices.Equal(got, rows) {
			t.Errorf("found %q, want %q", got, rows)
		}
	}
	r.find("lamp")
	want("# Messages 2 found", "Bob: a new lamp", "Bob: an old lamp")
	v.list.filters.what.Tapped(nil)
	r.press(r.top(), wordFilterStar)
	want("# Messages 1 found", "Bob: an old lamp")
	v.list.filters.what.Tapped(nil)
	r.press(r.top(), wordAnything)
	v.list.filters.since.Tapped(nil)
	r.press(r.top(), wordThisYear)
	want("# Messages 1 found", "Bob: a new lamp")
	v.find.done()
	if v.find.narrowed() {
		t.Error("filters outlive the search")
	}
}
