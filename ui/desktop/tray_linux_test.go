package desktop

import (
	"context"
	"testing"

	"github.com/godbus/dbus/v5/prop"
)

// A watcher without a host is no tray: nobody would see the icon.
func TestTray(t *testing.T) {
	bus := startBus(t)
	props, err := prop.Export(bus, watcherPath, prop.Map{watcherName: {
		"IsStatusNotifierHostRegistered": {Value: false, Emit: prop.EmitFalse}}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	there := make(chan bool, 4)
	WatchTray(ctx, func(on bool) { there <- on })

	own(t, bus, watcherName)
	props.SetMust(watcherName, "IsStatusNotifierHostRegistered", true)
	// The watch may begin at any moment around this: it asks, and it is told.
	bus.Emit(watcherPath, watcherName+".StatusNotifierHostRegistered")
	if !next(t, "a tray", there) {
		t.Fatal("there is no tray")
	}
	props.SetMust(watcherName, "IsStatusNotifierHostRegistered", false)
	bus.Emit(watcherPath, watcherName+".StatusNotifierHostUnregistered")
	if next(t, "no host", there) {
		t.Fatal("the tray stays")
	}
	props.SetMust(watcherName, "IsStatusNotifierHostRegistered", true)
	bus.Emit(watcherPath, watcherName+".StatusNotifierHostRegistered")
	next(t, "a host again", there)
	bus.ReleaseName(watcherName)
	if next(t, "no watcher", there) {
		t.Fatal("the tray stays without a watcher")
	}
}

func TestHasHost(t *testing.T) {
	bus := startBus(t)
	ctx := context.Background()
	if hasHost(ctx, bus) {
		t.Error("a tray on an empty bus")
	}
	props, err := prop.Export(bus, watcherPath, prop.Map{watcherName: {
		"IsStatusNotifierHostRegistered": {Value: false, Emit: prop.EmitFalse}}})
	if err != nil {
		t.Fatal(err)
	}
	own(t, bus, watcherName)
	if hasHost(ctx, bus) {
		t.Error("a tray without a host")
	}
	props.SetMust(watcherName, "IsStatusNotifierHostRegistered", true)
	if !hasHost(ctx, bus) {
		t.Error("no tray with a host")
	}
}
