// Sotto is the desktop program: it opens a profile and shows it in a window.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"

	"sotto/app"
	"sotto/app/control"
	"sotto/app/crash"
	"sotto/app/model"
	"sotto/app/spare"
	"sotto/ui"
	"sotto/ui/desktop"
	"sotto/ui/kit"
	"sotto/ui/screens/people"
	"sotto/ui/screens/phrase"
	"sotto/ui/screens/say"
	"sotto/ui/screens/settings"
	"sotto/ui/screens/start"
	"sotto/ui/stage"
	"sotto/ui/theme"
	"sotto/ui/tray"
)

// trayTime is how long a program that is to begin in the tray waits for one.
const trayTime = 20 * time.Second

// version is set by the linker at a release.
var version = "0.1.0"

func main() {
	crash.Monitor()
	dir := flag.String("data", "", "directory of the profile (default: sotto in the XDG data directory)")
	hidden := flag.Bool("hidden", false, "begin in the tray, if there is one")
	showVersion := flag.Bool("version", false, "print the version and end")
	flag.Parse()
	if *showVersion {
		fmt.Println("sotto", version)
		return
	}
	link := ""
	if flag.NArg() == 1 && desktop.IsLink(flag.Arg(0)) {
		link = flag.Arg(0)
	} else if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "sotto: “%s” is not understood; sotto --help says what is.\n", flag.Arg(0))
		os.Exit(2)
	}
	if err := run(*dir, link, *hidden); err != nil {
		fmt.Fprintln(os.Stderr, "sotto: "+err.Error())
		os.Exit(1)
	}
}

// run opens the window and returns when it is closed. Its errors are sentences.
func run(dir, link string, hidden bool) (err error) {
	if dir == "" {
		if dir, err = app.DefaultDir(); err != nil {
			return errors.New("there is no home directory to keep a profile in; name one with --data")
		}
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return errors.New(say.Problem(model.NoPermission))
	}
	only, err := desktop.Claim(context.Background(), dir, link)
	switch {
	case errors.Is(err, desktop.ErrRaised):
		return nil
	case errors.Is(err, desktop.ErrSilent):
		return errors.New(wordSilent)
	case err == nil:
		defer only.Close()
	}
	if err := crash.Watch(dir, version); err != nil {
		fmt.Fprintln(os.Stderr, "sotto: a crash would leave no report:", err)
	}
	prepare()
	p := &program{dir: dir, link: link}
	if pass, ok := os.LookupEnv("SOTTO_PASSPHRASE"); ok && app.Exists(dir) {
		os.Unsetenv("SOTTO_PASSPHRASE")
		if p.m, err = app.Open(context.Background(), dir, pass); err != nil {
			return errors.New(say.Error(err))
		}
	}
	a := fyneapp.NewWithID("org.sotto.Sotto")
	saved := stoppedHook(a)
	p.window = ui.New(a)
	p.notifier = desktop.NewNotifier(func(key string) { p.window.Post(func() { p.window.OpenNotified(key) }) })
	defer p.notifier.Close()
	p.window.Notifier = p.notifier
	post := func(f func()) func() { return func() { p.window.Post(f) } }
	p.icon = tray.New(tray.Actions{Show: post(p.window.Raise), Lock: post(p.window.Lock), Quit: post(p.window.Quit)})
	p.icon.Set(func(s *tray.State) { s.Locked = true })
	p.window.OnUnread = func(n int) { p.icon.Set(func(s *tray.State) { s.Unread = n }) }
	p.flow = &start.Flow{Window: p.window, Dir: dir, Opened: p.opened, Theme: func() {
		look := theme.Current()
		if look.Mode = theme.Dark; theme.IsDark() {
			look.Mode = theme.Light
		}
		theme.Choose(a, look)
	}}
	switch {
	case p.m != nil:
		p.opened(p.m)
	case app.Exists(dir):
		p.flow.Unlock(time.Time{}, nil)
	default:
		p.flow.Welcome()
	}
	if only != nil {
		only.Serve(p.raise)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go spare.Watch(ctx)
	desktop.WatchAway(ctx, p.away)
	if hidden {
		p.window.BeginHidden()
		go p.awaitTray(ctx)
	} else {
		p.window.Window().Show()
	}
	desktop.WatchTray(ctx, p.trayChanged)
	a.Run()
	saved()
	if p.m != nil {
		return closeProfile(p.m, p.deaf)
	}
	return nil
}

// stoppedHook takes what the toolkit does once it has stopped, the saving of its
// preferences, out of its queue and returns it. At the end it is handed to a loop
// that may have ended already, and then it is waited for without end: the window is
// gone, and the profile stays open.
func stoppedHook(a fyne.App) func() {
	l, ok := a.Lifecycle().(interface {
		OnStopped() func()
		SetOnStoppedHookExecuted(func())
	})
	if ok {
		if hook := l.OnStopped(); hook != nil {
			l.SetOnStoppedHookExecuted(nil)
			return hook
		}
	}
	return func() {}
}

// program is the window and the profile in it.
type program struct {
	dir      string
	window   *ui.Window
	flow     *start.Flow
	m        *app.Messenger // nil while locked
	deaf     func() error   // ends the control socket of m
	link     string         // to be taken once a profile is open
	notifier *desktop.Notifier
	icon     *tray.Icon
	closed   <-chan struct{} // closed once the profile that was locked last is
}

// about is what the settings say of the program.
func (p *program) about() settings.Program {
	about := settings.Program{Version: version, Notifies: p.notifier.Served}
	if desktop.CanAutostart() {
		a := desktop.Autostart{Profile: p.dir}
		if usual, err := app.DefaultDir(); err == nil && usual == p.dir {
			a.Profile = ""
		}
		about.Autostart = a
	}
	return about
}

// report is the crash report in the directory of a profile.
type report string

func (r report) Read() (string, error) { return crash.Read(string(r)) }
func (r report) Delete() error         { return crash.Delete(string(r)) }

// raise brings the window to the front for a program that was started later, and
// takes the link that it was given. It returns when that is done.
func (p *program) raise(link string) {
	done := make(chan struct{})
	p.window.Post(func() {
		defer close(done)
		p.window.Raise()
		if link != "" {
			p.link = link
			p.takeLink()
		}
	})
	<-done
}

// takeLink shows the link that waits. The person decides whether to use it:
// any page on the web can open one.
func (p *program) takeLink() {
	m := p.m
	if p.link == "" || m == nil {
		return
	}
	link := p.link
	p.link = ""
	p.window.Open(func(h stage.Host) stage.Page { return people.AddContactBy(h, m, link) })
}

// trayChanged puts the icon into the tray once there is one; the window then closes to it.
func (p *program) trayChanged(there bool) {
	if there {
		p.icon.Start()
	}
	p.window.Post(func() { p.window.SetTray(there) })
}

// awaitTray shows the window that began hidden if no tray comes. At the start of a
// session the tray may be later than the program.
func (p *program) awaitTray(ctx context.Context) {
	select {
	case <-time.After(trayTime):
		p.window.Post(p.window.ShowUnlessInTray)
	case <-ctx.Done():
	}
}

// away locks the profile when the computer sleeps or its screen is locked, and
// calls done once the keys are gone.
func (p *program) away(_ desktop.Away, done func()) {
	p.window.Post(func() {
		p.window.LockForAbsence(func() {
			closed := p.closed
			go func() {
				if closed != nil {
					<-closed
				}
				done()
			}()
		})
	})
}

// opened shows the main window over an open profile and starts its network.
func (p *program) opened(m *app.Messenger) {
	p.m = m
	p.icon.Set(func(s *tray.State) { s.Locked = false })
	var err error
	if p.deaf, err = control.Offer(p.dir, m); err != nil { // the window works without
		fmt.Fprintln(os.Stderr, "sotto: commands will not reach this window:", err)
		p.deaf = func() error { return nil }
	}
	p.window.Run(func(ctx context.Context) error { return m.GoOnline(ctx, app.NetworkOptions{}) }, func(err error) {
		if err != nil && model.KindOf(err) != model.Closed {
			kit.ShowToast(p.window.Window().Content(), kit.Toast{Icon: "warning", Text: wordNoNetwork})
		}
	})
	p.window.Start(m, stage.Screens{
		AddContact: func(h stage.Host) stage.Page { return people.AddContact(h, m) },
		Nearby:     func(h stage.Host) stage.Page { return people.AddContactNearby(h, m) },
		Requests:   func(h stage.Host) stage.Page { return people.Requests(h, m) },
		Settings:   func(h stage.Host, at string) stage.Page { return settings.Settings(h, m, p.about(), at) },
		Contact:    func(h stage.Host, id model.ContactID) stage.Page { return people.Contact(h, m, id) },
		Phrase:     func(h stage.Host) stage.Page { return phrase.Page(h, m, nil) },
		Alarm:      func(h stage.Host, c model.Contact) fyne.CanvasObject { return people.Alarm(h, m, c) },
		Report:     report(p.dir),
	}, p.locked)
	p.takeLink()
}

// locked closes the profile and shows the lock screen. Closing takes a moment;
// unlocking waits for it.
func (p *program) locked() {
	m, deaf, closed := p.m, p.deaf, make(chan struct{})
	p.m, p.closed = nil, closed
	p.icon.Set(func(s *tray.State) { s.Locked = true })
	p.window.Run(func(context.Context) error { defer close(closed); return closeProfile(m, deaf) }, func(error) {})
	p.flow.Unlock(time.Now(), closed)
}

// closeProfile ends the control socket first: nobody is to ask a closed profile.
func closeProfile(m *app.Messenger, deaf func() error) error {
	return errors.Join(deaf(), m.Close())
}

// prepare sets what the toolkit looks for before it starts: a cache directory,
// and X11 where an input method is in use, which it knows there only.
func prepare() {
	if cache, err := os.UserCacheDir(); err == nil {
		os.MkdirAll(cache, 0o700)
	}
	if os.Getenv("FYNE_PLATFORM") != "" || os.Getenv("DISPLAY") == "" {
		return
	}
	for _, e := range os.Environ() {
		if name, value, _ := strings.Cut(e, "="); value != "" && (name == "XMODIFIERS" || strings.HasSuffix(name, "_IM_MODULE")) {
			os.Setenv("FYNE_PLATFORM", "x11")
		}
	}
}
