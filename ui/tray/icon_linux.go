package tray

import "fyne.io/systray"

// Start shows the icon in the tray, and again whenever the tray comes back. It may
// take a moment and is to be called once there is a tray; later calls do nothing.
func (t *Icon) Start() {
	t.start.Do(func() {
		systray.SetTitle(wordName) // its name for good
		systray.SetOnTapped(t.actions.Show)
		show := systray.AddMenuItem(wordShow, "")
		lock := systray.AddMenuItem(wordLock, "")
		quit := systray.AddMenuItem(wordQuit, "")
		for item, do := range map[*systray.MenuItem]func(){show: t.actions.Show, lock: t.actions.Lock, quit: t.actions.Quit} {
			go func() {
				for range item.ClickedCh {
					do()
				}
			}()
		}
		set := func(s State) {
			if picture, err := mark(s.Unread); err == nil {
				systray.SetIcon(picture)
			}
			systray.SetTooltip(s.words())
			if s.Locked {
				lock.Disable()
			} else {
				lock.Enable()
			}
		}
		told := t.now()
		set(told)
		begin, _ := systray.RunWithExternalLoop(nil, nil)
		begin()
		go func() {
			for range t.wake {
				if now := t.now(); now != told {
					told = now
					set(now)
				}
			}
		}()
	})
}
