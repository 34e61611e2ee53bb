package desktop

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestAutostart(t *testing.T) {
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	a := Autostart{Profile: "/home/a/with space/50% \"$x\" \\"}
	if a.On() {
		t.Fatal("on before it was switched on")
	}
	if err := a.Set(true); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(config, "autostart", AppID+".desktop")
	if out, err := exec.Command("desktop-file-validate", path).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v: %s", err, out)
	}
	b, _ := os.ReadFile(path)
	if want := ` --hidden --data "/home/a/with space/50%% \\"\\$x\\" \\\\"` + "\n"; !strings.Contains(string(b), want) {
		t.Errorf("the entry is\n%s\nwithout\n%s", b, want)
	}
	if !a.On() {
		t.Error("off after it was switched on")
	}
	os.WriteFile(path, append(b, "Hidden=true\n"...), 0o600) // as desktops do
	if a.On() {
		t.Error("on although the desktop switched it off")
	}
	for range 2 {
		if err := a.Set(false); err != nil || a.On() {
			t.Errorf("switched off: %v, %v", err, a.On())
		}
	}
	if CanAutostart() {
		t.Error("a program in a temporary directory can be started next time")
	}
}
