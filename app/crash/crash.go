// Package crash keeps a report of how the program ended, if it ended by a fault:
// which functions were running, and nothing of what they were working on.
//
// What the language prints then has the panic's message and words of memory in
// it. It goes through a pipe to a second process, which has nothing else to do, and
// reaches the disk only as far as [Redact] knows each line to be harmless. Where
// there is a shell that process is one until something comes, since another of
// this program would take some 60 MB to wait. The report lies in the profile's
// directory until the person deletes it, and is never sent anywhere.
package crash

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"time"

	"sotto/app/disk"
)

// File is the name of the report in the profile's directory.
const File = "crash-report.txt"

const (
	maxText   = 4 << 20  // of the language's text, in bytes; the rest is not looked at
	maxReport = 64 << 10 // of a report
)

// The environment of the second process: where the report goes, and the version.
const (
	envDir     = "SOTTO_CRASH_REPORT"
	envVersion = "SOTTO_CRASH_VERSION"
)

// Watch lets a second process wait for the end of this one and write the report, if
// there is something to report, into dir. [Monitor] has to be the first that main
// calls.
func Watch(dir, version string) error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("crash: %w", err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("crash: %w", err)
	}
	defer r.Close()
	defer w.Close() // the language keeps a copy
	cmd := waiting(program)
	cmd.Env = append(os.Environ(), envDir+"="+dir, envVersion+"="+version)
	cmd.Stdin = r
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("crash: %w", err)
	}
	if err := debug.SetCrashOutput(w, debug.CrashOptions{}); err != nil {
		return fmt.Errorf("crash: %w", err)
	}
	go cmd.Wait()
	return nil
}

// Monitor is the whole of the second process, and does not return there. In any
// other it does nothing.
func Monitor() {
	dir, ok := os.LookupEnv(envDir)
	if !ok {
		return
	}
	// It ends when the program does, and not before.
	signal.Ignore(os.Interrupt)
	ignoreHangUp()
	text, err := io.ReadAll(io.LimitReader(os.Stdin, maxText))
	io.Copy(io.Discard, os.Stdin)
	if len(text) > 0 {
		err = errors.Join(err, Write(dir, os.Getenv(envVersion), text, time.Now()))
	}
	if err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

// Write makes a report of what the language printed, and puts it into dir in the
// place of any other.
func Write(dir, version string, text []byte, at time.Time) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("crash: %w", err)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "Sotto %s, %s/%s, %s\n%s\n\n", version, runtime.GOOS, runtime.GOARCH, runtime.Version(), at.UTC().Format("2006-01-02 15:04 UTC"))
	b.Write(Redact(text))
	return disk.Write(filepath.Join(dir, File), b.Bytes()[:min(b.Len(), maxReport)])
}

// Read returns the report in dir, "" if there is none.
func Read(dir string) (string, error) {
	f, err := os.Open(filepath.Join(dir, File))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("crash: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxReport))
	if err != nil {
		return "", fmt.Errorf("crash: %w", err)
	}
	return string(b), nil
}

// Delete removes the report in dir, if there is one.
func Delete(dir string) error {
	if err := os.Remove(filepath.Join(dir, File)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("crash: %w", err)
	}
	return nil
}
