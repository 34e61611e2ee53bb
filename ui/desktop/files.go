package desktop

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/godbus/dbus/v5"
)

const (
	portalName  = "org.freedesktop.portal.Desktop"
	portalPath  = "/org/freedesktop/portal/desktop"
	portalFiles = "org.freedesktop.portal.FileChooser"
	portalReply = "org.freedesktop.portal.Request"
)

// ErrNoDialog says that the system has no file dialog for programs to use.
var ErrNoDialog = errors.New("desktop: no file dialog")

// FileQuestion is what a file dialog asks.
type FileQuestion struct {
	Window string // whose dialog it is: "x11:1a2b", or ""
	Title  string
	Button string   // "" is the system's word
	Save   bool     // for a file that is to be written
	Folder string   // where it begins; "" is where the system likes
	Name   string   // what a file to be written is called at first
	Kind   string   // what the files shown are called, with Globs
	Globs  []string // "*.png"; none shows all files
}

// ChooseFile asks with the system's file dialog and returns the path that was
// chosen, "" if none was. It returns when the person has decided, or with
// ErrNoDialog at once. The system asks itself before a file is replaced.
func ChooseFile(ctx context.Context, q FileQuestion) (string, error) {
	conn, err := connect(ctx, sessionAddress())
	if err != nil {
		return "", errors.Join(ErrNoDialog, err)
	}
	defer conn.Close()
	// The answer is a signal at a path that can be told beforehand: whoever
	// listens only then cannot miss it.
	token := "sotto" + rand.Text()
	sender := strings.ReplaceAll(strings.TrimPrefix(conn.Names()[0], ":"), ".", "_")
	path := dbus.ObjectPath(portalPath + "/request/" + sender + "/" + token)
	signals := make(chan *dbus.Signal, 16)
	conn.Signal(signals)
	for _, rule := range [][]dbus.MatchOption{
		{dbus.WithMatchSender(portalName), dbus.WithMatchInterface(portalReply), dbus.WithMatchObjectPath(path)},
		{dbus.WithMatchSender(busName), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, portalName)},
	} {
		if err := conn.AddMatchSignal(rule...); err != nil {
			return "", errors.Join(ErrNoDialog, err)
		}
	}
	method := portalFiles + ".OpenFile"
	if q.Save {
		method = portalFiles + ".SaveFile"
	}
	var handle dbus.ObjectPath
	if err := ask(ctx, conn, portalName, portalPath, method, []any{q.Window, q.Title, q.options(token)}, &handle); err != nil {
		return "", errors.Join(ErrNoDialog, err)
	}
	who := owner(ctx, conn, portalName)
	for {
		select {
		case sig, ok := <-signals:
			switch {
			case !ok:
				return "", ErrNoDialog
			case sig.Name == busName+".NameOwnerChanged":
				// Going, not coming: asking may have been what started it.
				if len(sig.Body) == 3 && sig.Body[2] == "" {
					return "", ErrNoDialog
				}
			case sig.Name == portalReply+".Response" && sig.Path == path && sig.Sender == who:
				return chosen(sig)
			}
		case <-ctx.Done():
			conn.Object(portalName, handle).Call(portalReply+".Close", dbus.FlagNoReplyExpected)
			return "", ctx.Err()
		}
	}
}

func (q FileQuestion) options(token string) map[string]dbus.Variant {
	o := map[string]dbus.Variant{"handle_token": dbus.MakeVariant(token), "modal": dbus.MakeVariant(true)}
	if q.Button != "" {
		o["accept_label"] = dbus.MakeVariant(q.Button)
	}
	if q.Save && q.Name != "" {
		o["current_name"] = dbus.MakeVariant(q.Name)
	}
	if q.Folder != "" {
		o["current_folder"] = dbus.MakeVariant(append([]byte(q.Folder), 0))
	}
	if len(q.Globs) > 0 {
		type glob struct {
			Kind uint32
			Text string
		}
		type filter struct {
			Name  string
			Globs []glob
		}
		f := filter{Name: q.Kind}
		for _, g := range q.Globs {
			f.Globs = append(f.Globs, glob{0, g})
		}
		o["filters"] = dbus.MakeVariant([]filter{f})
	}
	return o
}

// chosen reads the answer of a dialog.
func chosen(sig *dbus.Signal) (string, error) {
	var status uint32
	var results map[string]dbus.Variant
	if err := dbus.Store(sig.Body, &status, &results); err != nil {
		return "", fmt.Errorf("%w: %w", ErrNoDialog, err)
	}
	if status == 1 {
		return "", nil // the person closed it
	}
	uris, _ := results["uris"].Value().([]string)
	if status != 0 || len(uris) != 1 {
		return "", ErrNoDialog
	}
	u, err := url.Parse(uris[0])
	if err != nil || u.Scheme != "file" || u.Host != "" && u.Host != "localhost" || !filepath.IsAbs(u.Path) {
		return "", fmt.Errorf("%w: not a file on this computer", ErrNoDialog)
	}
	return u.Path, nil
}
