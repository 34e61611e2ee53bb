package ui

import (
	"context"
	"fmt"
	"time"

	"fyne.io/fyne/v2"

	"sotto/ui/kit"
	"sotto/ui/theme"
	"sotto/ui/when"
)

// setNotice puts a banner above the pane, the gravest of what there is to tell:
// that somebody has shown our account with devices that this one does not know,
// until the person has read it; or that the program crashed.
func (v *mainView) setNotice() {
	what := ""
	var banner func() fyne.CanvasObject
	if used := v.self.PhraseUsed; !used.IsZero() {
		what = fmt.Sprintf(wordPhraseUsedText, when.At(used, time.Now()))
		banner = func() fyne.CanvasObject {
			read := kit.NewButton(wordDismiss, kit.Secondary, v.dismissPhraseUsed).WithSize(kit.Tiny)
			return kit.Banner(kit.Attention, "phrase", wordPhraseUsed, what, read)
		}
	} else if v.crash != "" {
		what, banner = wordCrashed, v.crashBanner
	}
	if v.noticed == what {
		return
	}
	v.noticed = what
	if banner == nil {
		v.notice.set(nil)
	} else {
		v.notice.set(kit.NewBox(theme.Paper, kit.Pad(theme.S3, theme.S4, theme.S1, theme.S4, banner())))
	}
	v.arrange(v.size)
}

func (v *mainView) dismissPhraseUsed() {
	v.Run(func(ctx context.Context) error { return v.m.DismissPhraseUsed(ctx) }, func(err error) {
		if err != nil {
			v.fails(wordNotStored, err)
		}
		v.readStatus()
	})
}

// noticeHeight returns how much room the banner takes at that width.
func (v *mainView) noticeHeight(width float32) float32 {
	if v.notice.empty() {
		return 0
	}
	return kit.HeightFor(v.notice.objects[0], width)
}
