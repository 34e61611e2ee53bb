package desktop

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func alone(t *testing.T) (runtime string) {
	t.Helper()
	runtime = t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", runtime)
	return runtime
}

func TestSecondStartRaisesTheFirst(t *testing.T) {
	alone(t)
	dir := t.TempDir()
	ctx := context.Background()
	first, err := Claim(ctx, dir, "")
	if err != nil {
		t.Fatal(err)
	}
	shown := make(chan string, 4)
	// The second may come before the first is ready.
	second := make(chan error)
	go func() { _, err := Claim(ctx, dir, "sotto:i/1/abc"); second <- err }()
	first.Serve(func(link string) { shown <- link })
	if err := next(t, "an answer", second); !errors.Is(err, ErrRaised) {
		t.Fatal(err)
	}
	if link := next(t, "the link", shown); link != "sotto:i/1/abc" {
		t.Errorf("it was given %q", link)
	}
	link := filepath.Join(t.TempDir(), "link")
	os.Symlink(dir, link)
	if _, err := Claim(ctx, link, ""); !errors.Is(err, ErrRaised) { // the same by another path
		t.Fatal(err)
	}
	if link := next(t, "the call", shown); link != "" {
		t.Errorf("it was given %q", link)
	}

	other, err := Claim(ctx, t.TempDir(), "")
	if err != nil {
		t.Fatalf("another profile: %v", err)
	}
	other.Close()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Claim(ctx, dir, "")
	if err != nil {
		t.Fatalf("after the first ended: %v", err)
	}
	again.Close()
}

// A program that hangs is told of, after a while, and not waited for.
func TestFirstHangs(t *testing.T) {
	alone(t)
	dir := t.TempDir()
	first, err := Claim(context.Background(), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	hang := make(chan struct{})
	defer close(hang)
	first.Serve(func(string) { <-hang })
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if _, err := Claim(ctx, dir, ""); !errors.Is(err, ErrSilent) {
		t.Fatal(err)
	}
}

func TestWhatIsLeftBehindIsRemoved(t *testing.T) {
	runtime := alone(t)
	dir := t.TempDir()
	first, err := Claim(context.Background(), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	socks, _ := filepath.Glob(filepath.Join(runtime, "sotto", "*.sock"))
	if len(socks) != 1 {
		t.Fatal(socks)
	}
	for path, want := range map[string]os.FileMode{filepath.Dir(socks[0]): 0o700, socks[0]: 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v", path, info.Mode(), err)
		}
	}
	first.listener.SetUnlinkOnClose(false) // as after a crash
	first.Close()
	again, err := Claim(context.Background(), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
}

func TestSocketRefuses(t *testing.T) {
	runtime := alone(t)
	first, err := Claim(context.Background(), t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	first.Serve(func(link string) { t.Errorf("%.20q was taken", link) })
	socks, _ := filepath.Glob(filepath.Join(runtime, "sotto", "*.sock"))
	for _, said := range []string{"\n", "hide\n", "show https://example.org\n", "show sotto:\x1b[2J\n", "show sotto:" + strings.Repeat("a", maxLink) + "\n"} {
		conn, err := net.Dial("unix", socks[0])
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(conn, said)
		conn.SetReadDeadline(time.Now().Add(20 * time.Second))
		if n, err := conn.Read(make([]byte, 16)); n != 0 || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%.20q: %d bytes, %v", said, n, err)
		}
		conn.Close()
	}
}

// A directory that others can enter, or put there, is not used.
func TestSocketDirOfOthers(t *testing.T) {
	runtime := alone(t)
	os.Mkdir(filepath.Join(runtime, "sotto"), 0o755)
	os.Chmod(filepath.Join(runtime, "sotto"), 0o755)
	if _, err := Claim(context.Background(), t.TempDir(), ""); err == nil {
		t.Error("an open directory was used")
	}
	runtime = alone(t)
	os.Symlink(t.TempDir(), filepath.Join(runtime, "sotto"))
	if _, err := Claim(context.Background(), t.TempDir(), ""); err == nil {
		t.Error("a link was used")
	}
}

func TestIsLink(t *testing.T) {
	for s, want := range map[string]bool{"sotto:i/1/x": true, "SOTTO:I/1/X": true, "sotto:": false, "": false, "http://x": false,
		"sotto:a b": false, "sotto:ä": false, "sotto:a\n": false} {
		if IsLink(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
}
