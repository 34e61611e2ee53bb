package desktop

import (
	"context"

	"github.com/godbus/dbus/v5"
)

const (
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = "/StatusNotifierWatcher"
)

// WatchTray calls tell, on a goroutine of its own, with whether there is a tray
// that shows icons: at once if there is, and whenever that changes, until ctx
// ends. Nothing is told where there never is one.
func WatchTray(ctx context.Context, tell func(there bool)) {
	go func() {
		there := false
		set := func(now bool) {
			if now != there {
				there = now
				tell(now)
			}
		}
		onBus(ctx, sessionAddress, func(ctx context.Context, conn *dbus.Conn) {
			defer set(false)
			signals := make(chan *dbus.Signal, 16)
			conn.Signal(signals)
			for _, rule := range [][]dbus.MatchOption{
				{dbus.WithMatchSender(busName), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, watcherName)},
				{dbus.WithMatchSender(watcherName), dbus.WithMatchInterface(watcherName)},
			} {
				if conn.AddMatchSignal(rule...) != nil {
					return
				}
			}
			set(hasHost(ctx, conn))
			for {
				select {
				case sig, ok := <-signals:
					if !ok {
						return
					}
					switch sig.Name {
					case busName + ".NameOwnerChanged", watcherName + ".StatusNotifierHostRegistered", watcherName + ".StatusNotifierHostUnregistered":
						set(hasHost(ctx, conn))
					}
				case <-ctx.Done():
					return
				}
			}
		})
	}()
}

// hasHost reports whether somebody keeps the list of tray icons, and somebody
// shows it.
func hasHost(ctx context.Context, conn *dbus.Conn) bool {
	if owner(ctx, conn, watcherName) == "" {
		return false
	}
	var v dbus.Variant
	err := ask(ctx, conn, watcherName, watcherPath, "org.freedesktop.DBus.Properties.Get", []any{watcherName, "IsStatusNotifierHostRegistered"}, &v)
	on, ok := v.Value().(bool)
	return err == nil && ok && on
}
