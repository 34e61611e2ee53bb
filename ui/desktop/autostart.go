package desktop

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"sotto/app/disk"
)

// Autostart starts the program with the desktop, hidden in the tray.
type Autostart struct {
	// Profile is the directory of the profile, "" for the usual one.
	Profile string
}

// CanAutostart reports whether the desktop could start this program: it starts
// what lies in a directory for that, and the program must be there next time.
func CanAutostart() bool {
	program, err := os.Executable()
	return err == nil && runtime.GOOS == "linux" && autostartFile() != "" &&
		!strings.HasPrefix(program, os.TempDir()+string(filepath.Separator)) && !strings.ContainsAny(program, "\n\r")
}

// On reports whether it is switched on.
func (a Autostart) On() bool {
	b, err := os.ReadFile(autostartFile())
	// Some desktops switch an entry off by a line in it.
	return err == nil && !strings.Contains(string(b), "\nHidden=true") && !strings.Contains(string(b), "\nX-GNOME-Autostart-enabled=false")
}

// Set switches it on or off.
func (a Autostart) Set(on bool) error {
	path := autostartFile()
	if path == "" {
		return errors.New("desktop: nowhere to put an autostart entry")
	}
	if !on {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	command := quoteExec(program) + " --hidden"
	if a.Profile != "" {
		command += " --data " + quoteExec(a.Profile)
	}
	return disk.Write(path, []byte("[Desktop Entry]\nType=Application\nName=Sotto\nIcon="+AppID+"\nExec="+command+"\nTerminal=false\n"))
}

// autostartFile returns where the entry lies, "" if there is no home directory.
func autostartFile() string {
	dir, err := os.UserConfigDir()
	if err != nil || !filepath.IsAbs(dir) {
		return ""
	}
	return filepath.Join(dir, "autostart", AppID+".desktop")
}

// quoteExec quotes one argument of the Exec key of a desktop entry: once for the
// command, once for the file.
func quoteExec(s string) string {
	s = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", `$`, `\$`).Replace(s)
	return strings.NewReplacer(`\`, `\\`, `%`, `%%`).Replace(`"` + s + `"`)
}
