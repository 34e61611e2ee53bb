package desktop

import (
	"os"
	"path/filepath"

	"github.com/godbus/dbus/v5"
)

// sessionAddress returns where the session's bus is, or "". Unlike the library it
// never starts one.
func sessionAddress() string {
	if a := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); a != "" && a != "disabled:" {
		return a
	}
	return socketAt(filepath.Join(runtimeDir(), "bus"))
}

// systemAddress returns where the system's bus is, or "".
func systemAddress() string {
	if a := os.Getenv("DBUS_SYSTEM_BUS_ADDRESS"); a != "" {
		return a
	}
	return socketAt("/run/dbus/system_bus_socket")
}

func socketAt(path string) string {
	if info, err := os.Stat(path); err != nil || !filepath.IsAbs(path) || info.Mode()&os.ModeSocket == 0 {
		return ""
	}
	return "unix:path=" + dbus.EscapeBusAddressValue(path)
}
