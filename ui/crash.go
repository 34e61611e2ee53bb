package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"sotto/ui/kit"
	"sotto/ui/stage"
	"sotto/ui/theme"
)

// readCrash looks whether the program ended by a fault the last time. A report
// that cannot be read is none.
func (v *mainView) readCrash() {
	if v.screens.Report == nil {
		return
	}
	var found string
	v.Run(func(context.Context) (err error) {
		found, err = v.screens.Report.Read()
		return err
	}, func(err error) {
		if err == nil {
			v.crash = found
			v.setNotice()
		}
	})
}

func (v *mainView) crashBanner() fyne.CanvasObject {
	return kit.Banner(kit.Attention, "warning", wordCrashed, wordCrashedText, kit.HStack(theme.S2,
		kit.NewButton(wordShowReport, kit.Secondary, v.showCrash).WithSize(kit.Tiny),
		kit.NewButton(wordDeleteReport, kit.Secondary, v.deleteCrash).WithSize(kit.Tiny)))
}

// showCrash opens the report. The banner has done what it is for by then.
func (v *mainView) showCrash() {
	found := v.crash
	v.crash = ""
	v.setNotice()
	lines := kit.VStack(0)
	for line := range strings.Lines(found) {
		// Tabs are how the language sets places off from functions.
		line = strings.ReplaceAll(strings.TrimRight(line, "\n"), "\t", "    ")
		lines.Add(kit.Paragraph(line, theme.Caption, theme.Ink))
	}
	copied := kit.NewButton(wordCopyReport, kit.Secondary, func() {
		fyne.CurrentApp().Clipboard().SetContent(found)
		kit.ShowToast(v.content, kit.Toast{Icon: "check", Text: wordCopied})
	}).WithIcon("copy")
	remove := kit.NewButton(wordDeleteReport, kit.Secondary, func() {
		v.Close()
		v.deleteCrash()
	})
	v.Open(stage.Page{Key: "crash", Title: wordReport, Content: kit.NewScroll(kit.Pad(32, 32, 32, 32, kit.Column(760, kit.VStack(theme.S4,
		kit.Paragraph(wordReportText, theme.Body, theme.Ink2),
		kit.Left(kit.HStack(theme.S2, copied, remove)),
		kit.Card(theme.S5, lines)))))})
}

func (v *mainView) deleteCrash() {
	v.Run(func(context.Context) error { return v.screens.Report.Delete() }, func(err error) {
		if err != nil {
			v.fails(wordNotDeleted, err)
			return
		}
		v.crash = ""
		v.setNotice()
	})
}
