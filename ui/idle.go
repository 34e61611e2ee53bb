package ui

import (
	"context"
	"time"

	"sotto/app/model"
	"sotto/ui/kit"
)

// idleLook is how often it is looked whether the person is still there.
const idleLook = 10 * time.Second

// watchIdle locks the profile when the person was away as long as they chose.
func (v *mainView) watchIdle() {
	var s model.Settings
	v.Run(func(ctx context.Context) (err error) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(idleLook):
		}
		s, err = v.m.Settings(ctx)
		return err
	}, func(err error) {
		if err == nil && isIdle(s, kit.LastInput(), time.Now()) {
			v.Lock()
			return
		}
		v.watchIdle()
	})
}

// isIdle reports whether it is time to lock. A computer that slept comes back
// with a clock far ahead, and is locked at the next look.
func isIdle(s model.Settings, last, now time.Time) bool {
	return s.LockAfter > 0 && now.Round(0).Sub(last.Round(0)) >= s.LockAfter
}

// remindOfPhrase shows once, after the day that was asked for, that the words are
// still not on paper. Without a conversation the empty window says so itself.
func (v *mainView) remindOfPhrase() {
	var s model.Settings
	var self model.Self
	v.Run(func(ctx context.Context) (err error) {
		if s, err = v.m.Settings(ctx); err != nil {
			return err
		}
		self, err = v.m.Self(ctx)
		return err
	}, func(err error) {
		if err == nil && !self.PhraseConfirmed && time.Now().After(s.PhraseRemind) && len(v.conversations) > 0 {
			kit.ShowToast(v.content, kit.Toast{Icon: "phrase", Text: wordPhrase, Action: wordPhraseLink, OnAction: v.phrase})
		}
	})
}
