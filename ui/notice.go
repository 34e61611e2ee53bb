package ui

import (
	"context"
	"fmt"
	"time"

	"sotto/ui/kit"
	"sotto/ui/theme"
	"sotto/ui/when"
)

// setNotice puts the banner above the pane while somebody has shown our account
// with devices that this one does not know, until the person has read it.
func (v *mainView) setNotice() {
	used, text := v.self.PhraseUsed, ""
	if !used.IsZero() {
		text = fmt.Sprintf(wordPhraseUsedText, when.At(used, time.Now()))
	}
	if v.noticed == text {
		return
	}
	v.noticed = text
	if text == "" {
		v.notice.set(nil)
	} else {
		read := kit.NewButton(wordDismiss, kit.Secondary, v.dismissPhraseUsed).WithSize(kit.Tiny)
		v.notice.set(kit.NewBox(theme.Paper, kit.Pad(theme.S3, theme.S4, theme.S1, theme.S4,
			kit.Banner(kit.Attention, "phrase", wordPhraseUsed, text, read))))
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
