package settings

import (
	"context"
	"slices"
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/screens/part"
	"sotto/ui/theme"
	"sotto/ui/when"
)

// shownChoices are what a notification may show, from the least on.
var shownChoices = []model.Notify{model.NotifyBare, model.NotifyName, model.NotifyText}

// notifications is what the desktop is told of what comes, and when.
func (s *settings) notifications() fyne.CanvasObject {
	shown := kit.Segmented([]string{wordShownBare, wordShownName, wordShownAll}, max(0, slices.Index(shownChoices, s.choices.Notify)), func(i int) {
		s.set(func(c *model.Settings) { c.Notify = shownChoices[i] })
	})
	hours := kit.VStack(0,
		kit.Hairline(),
		part.Row(wordQuietFrom, "", s.hour(s.choices.QuietFrom, func(c *model.Settings, h int) { c.QuietFrom = h })),
		kit.Hairline(),
		part.Row(wordQuietTo, "", s.hour(s.choices.QuietTo, func(c *model.Settings, h int) { c.QuietTo = h })))
	if !s.choices.Quiet {
		hours.Hide()
	}
	quiet := kit.NewSwitch(wordQuiet, s.choices.Quiet, func(on bool) {
		s.set(func(c *model.Settings) { c.Quiet = on })
		if on {
			hours.Show()
		} else {
			hours.Hide()
		}
		s.body.Refresh()
	})
	page := kit.VStack(theme.S4)
	if s.program.Notifies != nil && !s.program.Notifies() {
		page.Add(kit.Note("info", wordNoNotifier))
	}
	page.Add(part.Rows(part.NewAdapt(600,
		kit.VStack(0, part.Row(wordShown, wordShownText, nil), kit.Pad(0, 20, 14, 20, kit.Left(shown))),
		part.Row(wordShown, wordShownText, shown))))
	page.Add(part.Rows(kit.VStack(0, part.Row(wordQuiet, wordQuietText, quiet), hours)))
	if s.program.Autostart != nil {
		page.Add(part.Rows(part.Row(wordAutostart, wordAutostartText, kit.NewSwitch(wordAutostart, s.begins, s.setAutostart))))
	}
	return page
}

// setAutostart has the program begin with the desktop, or not.
func (s *settings) setAutostart(on bool) {
	s.h.Run(func(context.Context) error { return s.program.Autostart.Set(on) }, func(err error) {
		if err != nil {
			s.fails(err)
			s.show()
			return
		}
		s.begins = on
	})
}

// hour chooses a full hour.
func (s *settings) hour(now int, put func(c *model.Settings, h int)) fyne.CanvasObject {
	var items []choice
	for h := range 24 {
		items = append(items, choice{clock(h), strconv.Itoa(h)})
	}
	return dropdown(clock(now), items, func(v string) error {
		h, err := strconv.Atoi(v)
		if err == nil {
			s.set(func(c *model.Settings) { put(c, h) })
		}
		return err
	}, s.fails)
}

// clock writes a full hour as the person's system does. No clock is put on or
// back on that day.
func clock(hour int) string {
	return when.Clock(time.Date(2026, time.January, 1, hour, 0, 0, 0, time.Local))
}
