package text

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Language is one that there are texts in.
type Language struct{ Tag, Name string }

// Languages returns all that there are, by their own names.
func Languages() []Language {
	return []Language{
		{"de", "Deutsch"}, {"en", "English"}, {"es", "Español"}, {"fr", "Français"},
		{"ru", "Русский"}, {"zh", "简体中文"}, {"ar", "العربية"},
	}
}

// file is where the choice is kept: a file with nothing but the language in it,
// since it is needed before anything else of the program is there.
func file() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("text: %w", err)
	}
	return filepath.Join(dir, "sotto", "language"), nil
}

// Chosen returns the language that is to be used from the next start on, "" for
// the system's. What cannot be read or is not known is the system's.
func Chosen() string {
	name, err := file()
	if err != nil {
		return ""
	}
	b, err := os.ReadFile(name)
	if err != nil || len(b) > 16 {
		return ""
	}
	tag := strings.TrimSpace(string(b))
	for _, l := range Languages() {
		if l.Tag == tag {
			return tag
		}
	}
	return ""
}

// Choose sets the language from the next start on; "" is the system's.
func Choose(tag string) error {
	name, err := file()
	if err != nil {
		return err
	}
	if tag == "" {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("text: %w", err)
		}
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return fmt.Errorf("text: %w", err)
	}
	if err := os.WriteFile(name, []byte(tag+"\n"), 0o600); err != nil {
		return fmt.Errorf("text: %w", err)
	}
	return nil
}

// apply makes the toolkit find the chosen language where it looks for the
// system's. Times and numbers stay as the system writes them.
func apply() {
	tag := Chosen()
	if tag == "" {
		return
	}
	os.Setenv("LANGUAGE", tag)
	// The list of languages counts only beside a locale that is not plain C.
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v == "C" || v == "POSIX" {
			os.Setenv(name, "C.UTF-8")
		}
	}
}
