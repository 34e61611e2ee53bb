package crash

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const secret = "meet-me-at-the-old-mill"

const envDie = "SOTTO_TEST_DIE"

// TestMain is also the program that dies.
func TestMain(m *testing.M) {
	Monitor()
	how := os.Getenv(envDie)
	if how == "" {
		os.Exit(m.Run())
	}
	if err := Watch(os.Getenv("SOTTO_TEST_DIR"), "1.2.3"); err != nil {
		panic(err)
	}
	if how == "well" {
		return
	}
	ways[how]()
	select {}
}

type letter struct{ text string }

func (l letter) String() string { return l.text }

//go:noinline
func holds(text string, number int, wait chan struct{}) { <-wait; print(text, number) }

// ways are how a program ends. Each has a secret somewhere.
var ways = map[string]func(){
	"text":     func() { panic(secret) },
	"error":    func() { panic(errors.New(secret)) },
	"stringer": func() { panic(letter{secret}) },
	"pointer":  func() { panic(&letter{secret}) },
	"lines":    func() { panic("\n\ngoroutine 1 [" + secret + "]:\nmain.main()\n\t/" + secret + ".go:12 +0x1d\n\n") },
	"twice": func() {
		defer func() { panic(secret + " again") }()
		panic(secret)
	},
	"index": func() {
		list := []byte(secret)
		list[len(os.Args)+1000]++
	},
	"nil": func() {
		var l *letter
		print(l.text)
	},
	"elsewhere": func() {
		wait := make(chan struct{})
		go holds(secret, 0x5ec4e7, wait)
		go func() { panic(secret) }()
		<-wait
	},
	"map": func() { noMap()[secret]++ },
}

// noMap hides from a checker that writing to it panics.
func noMap() (m map[string]int) { return m }

// die runs the program and returns the report that it leaves.
func die(t *testing.T, how string) string {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), envDie+"="+how, "SOTTO_TEST_DIR="+dir)
	out, err := cmd.CombinedOutput() // ends with the last of the two processes
	if err == nil {
		t.Fatalf("%s: it did not die: %s", how, out)
	}
	path := filepath.Join(dir, File)
	for guard := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if info, err := os.Stat(path); err == nil {
			if info.Mode().Perm() != 0o600 {
				t.Errorf("%s: the report is %v", how, info.Mode())
			}
			break
		}
		if time.Now().After(guard) {
			t.Fatalf("%s: no report; the program said %s", how, out)
		}
	}
	text, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestReport(t *testing.T) {
	for how := range ways {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			text := die(t, how)
			for _, bad := range []string{secret, "5ec4e7", "0x", "/tmp", os.TempDir(), "mill"} {
				if strings.Contains(text, bad) {
					t.Errorf("it has %q in it:\n%s", bad, text)
				}
			}
			for _, want := range []string{"Sotto 1.2.3, ", "panic: ", "crash.", "crash_test.go:", "goroutine "} {
				if !strings.Contains(text, want) {
					t.Errorf("it has no %q:\n%s", want, text)
				}
			}
		})
	}
	if text := die(t, "nil"); !strings.Contains(text, "panic: invalid memory address") || !strings.Contains(text, "signal SIGSEGV") {
		t.Errorf("what happened is not told:\n%s", text)
	}
	if text := die(t, "elsewhere"); !strings.Contains(text, "\ncreated by sotto/app/crash.") {
		t.Errorf("who started the goroutine is not told:\n%s", text)
	}
}

// A program that ends by itself leaves no report.
func TestNoReport(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), envDie+"=well", "SOTTO_TEST_DIR="+dir)
	// The pipe of its output is open as long as the second process is.
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if text, err := Read(dir); text != "" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	if err := Delete(dir); err != nil {
		t.Error(err)
	}
	if err := Write(dir, "1", []byte("panic: x"), time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := Delete(dir); err != nil {
		t.Error(err)
	}
	if text, _ := Read(dir); text != "" {
		t.Error("it is still there")
	}
}

// Whatever comes, a report is bounded.
func TestBounded(t *testing.T) {
	dir := t.TempDir()
	text := []byte(strings.Repeat("goroutine 1 [running]:\nmain.main()\n\t/a/b.go:1 +0x1\n\n", 10000))
	if err := Write(dir, "1", text, time.Now()); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(dir, File)); err != nil || info.Size() > maxReport {
		t.Errorf("%v bytes, %v", info.Size(), err)
	}
}

func TestRedact(t *testing.T) {
	in := `panic: secret [recovered]
	secret more
panic: runtime error: index out of range [5] with length 3

goroutine 7 gp=0xc000002380 m=0 mp=0x1 [chan receive, 5 minutes, labels:{"who": "secret"}]:
sotto/app.(*Messenger).Send(0xc000123, {0x5ec4e7, 0x17})
	/home/secret/sotto/app/messages.go:42 +0x1d fp=0x1 sp=0x2 pc=0x3
sotto/ui.Map[...](...)
	C:\secret\ui.go:7
	secret
github.com/libp2p/go-libp2p/p2p.func1.2({0x1?, 0x2?})
	/x/y.go:9 +0x5
created by sotto/app.(*Messenger).open in goroutine 1
	/home/secret/sotto/app/profile.go:3 +0xff
secret line

rax    0x5ec4e7
secret
`
	want := `panic: (its message is left out)
panic: index out of range

goroutine 7 [chan receive]:
sotto/app.(*Messenger).Send
	messages.go:42
sotto/ui.Map[...]
	ui.go:7
github.com/libp2p/go-libp2p/p2p.func1.2
	y.go:9
created by sotto/app.(*Messenger).open
	profile.go:3
`
	if got := string(Redact([]byte(in))); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func FuzzRedact(f *testing.F) {
	f.Add([]byte("panic: x\n\ngoroutine 1 [running]:\nmain.main()\n\t/a.go:1 +0x1\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if got := Redact(text); len(got) > 4*len(text)+64 {
			t.Errorf("%d bytes of %d", len(got), len(text))
		}
	})
}
