package text

import (
	"os"
	"path/filepath"
	"testing"
)

func TestChoose(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", dir)
	t.Setenv("LANGUAGE", "")
	t.Setenv("LC_ALL", "C")
	if got := Chosen(); got != "" {
		t.Errorf("nothing chosen, and it is %q", got)
	}
	if err := Choose("de"); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(dir, "sotto", "language")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}
	if got := Chosen(); got != "de" {
		t.Errorf("chosen is %q", got)
	}
	apply()
	if lang, locale := os.Getenv("LANGUAGE"), os.Getenv("LC_ALL"); lang != "de" || locale == "C" {
		t.Errorf("the toolkit finds %q beside %q", lang, locale)
	}
	for _, damaged := range []string{"xx", "", string(make([]byte, 1<<20)), "../../etc"} {
		if err := os.WriteFile(filepath.Join(dir, "sotto", "language"), []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := Chosen(); got != "" {
			t.Errorf("%.20q is taken for %q", damaged, got)
		}
	}
	for range 2 {
		if err := Choose(""); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "sotto", "language")); err == nil {
		t.Error("the file is still there")
	}
}
