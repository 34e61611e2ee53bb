package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"sotto/app"
	"sotto/app/control"
	"sotto/crypto/vault"
)

const passphrase = "correct horse battery"

// patience is how long a test waits for what must happen. It is no measure of
// anything: a test that needs it has failed.
const patience = time.Minute

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"sotto-cli": main})
}

// TestScripts runs testdata/*.txtar, each in a directory of its own that holds
// the profiles alice, bob and carol. Each may say what the testscript package offers,
// and
//
//	exits STATUS COMMAND...    a command that fails says one sentence, and nothing else
//	start NAME ARGUMENTS...    "run" with that profile; its lines are in NAME.log
//	serve NAME ARGUMENTS...    "serve" in that directory; what it prints is in NAME.log, what it says in NAME.err
//	scrape NAME.err FILE       a node's counts, as Prometheus reads them
//	occupy FILE                the first port that is named there is taken, until vacate
//	damage FILE                one bit of it is another
//	quit NAME                  SIGTERM; it must end well
//	murder NAME                SIGKILL
//	until FILE REGEXP          waits for a matching line
//	asked NAME                 waits until somebody wants to be that profile's contact
//	get VARIABLE KEY           from the JSON on standard output (of a list, from its first)
//	bomb FILE                  a small picture that claims to be a large one
//	blank FILE                 a picture without a code
func TestScripts(t *testing.T) {
	fixture := t.TempDir()
	for _, name := range []string{"alice", "bob", "carol"} {
		makeProfile(t, filepath.Join(fixture, name), strings.ToUpper(name[:1])+name[1:])
	}
	var running runs
	var ports occupied
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("SOTTO_PASSPHRASE", passphrase)
			env.Setenv("LOOPBACK", "--listen=/ip4/127.0.0.1/tcp/0")
			env.Setenv("OWNER", app.OwnerLine(make([]byte, 32)))
			env.Defer(func() { running.end(env.WorkDir); ports.leave(env.WorkDir) })
			return os.CopyFS(env.WorkDir, os.DirFS(fixture))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":  exits,
			"start":  running.start,
			"serve":  running.serve,
			"quit":   running.quit,
			"murder": running.murder,
			"until":  until,
			"scrape": scrape,
			"occupy": ports.take,
			"vacate": func(ts *testscript.TestScript, _ bool, _ []string) { ports.leave(ts.Getenv("WORK")) },
			"damage": damage,
			"asked":  asked,
			"get":    get,
			"bomb":   bomb,
			"blank":  blank,
		},
	})
}

// makeProfile makes a profile whose passphrase is quick to check: init takes
// care that it is not.
func makeProfile(t *testing.T, dir, name string) {
	t.Helper()
	m, err := app.Create(t.Context(), dir, app.CreateOptions{Name: name, Passphrase: passphrase})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "keys")
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err = vault.ChangePassphrase(rand.Reader, file, []byte(passphrase), []byte(passphrase), vault.Floor)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND...")
	}
	status := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		status = exit.ExitCode()
	}
	if strconv.Itoa(status) != args[0] {
		ts.Fatalf("exit status %d, want %s", status, args[0])
	}
	if status == 0 {
		return
	}
	if out := ts.ReadFile("stdout"); out != "" {
		ts.Fatalf("a command that failed printed %q", out)
	}
	if said := ts.ReadFile("stderr"); strings.Count(said, "\n") != 1 || !regexp.MustCompile(`^[A-Z"-].*\.\n$`).MatchString(said) {
		ts.Fatalf("not a sentence: %q", said)
	}
}

// runs are the programs that scripts started, by profile directory.
type runs struct{ byDir sync.Map }

func (r *runs) start(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: start NAME ARGUMENTS...")
	}
	dir := ts.MkAbs(args[0])
	log, err := os.Create(dir + ".log")
	ts.Check(err)
	defer log.Close()
	path, err := exec.LookPath("sotto-cli")
	ts.Check(err)
	c := exec.Command(path, append([]string{"--json", "--data", dir, "run", "--no-lan", ts.Getenv("LOOPBACK")}, args[1:]...)...)
	c.Stdout, c.Stderr = log, log
	c.Env = append(os.Environ(), "SOTTO_PASSPHRASE="+passphrase)
	ts.Check(c.Start())
	r.byDir.Store(dir, c)
	waitFor(ts, dir+".log", `"event":"ready"`)
}

func (r *runs) serve(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: serve NAME ARGUMENTS...")
	}
	dir := ts.MkAbs(args[0])
	out, err := os.Create(dir + ".log")
	ts.Check(err)
	defer out.Close()
	said, err := os.Create(dir + ".err")
	ts.Check(err)
	defer said.Close()
	path, err := exec.LookPath("sotto-cli")
	ts.Check(err)
	c := exec.Command(path, append([]string{"--data", dir, "serve"}, args[1:]...)...)
	c.Dir = ts.Getenv("WORK")
	c.Stdout, c.Stderr = out, said
	ts.Check(c.Start())
	r.byDir.Store(dir, c)
	waitFor(ts, dir+".err", `msg=serving`)
}

func (r *runs) take(ts *testscript.TestScript, name string) *exec.Cmd {
	c, ok := r.byDir.LoadAndDelete(ts.MkAbs(name))
	if !ok {
		ts.Fatalf("%s does not run", name)
	}
	return c.(*exec.Cmd)
}

func (r *runs) quit(ts *testscript.TestScript, _ bool, args []string) {
	c := r.take(ts, args[0])
	ts.Check(c.Process.Signal(syscall.SIGTERM))
	if err := c.Wait(); err != nil {
		ts.Fatalf("%s: %v\n%s", args[0], err, ts.ReadFile(args[0]+".log"))
	}
}

func (r *runs) murder(ts *testscript.TestScript, _ bool, args []string) {
	c := r.take(ts, args[0])
	ts.Check(c.Process.Kill())
	_ = c.Wait()
}

// end ends what a failed script left running.
func (r *runs) end(work string) {
	r.byDir.Range(func(dir, c any) bool {
		if filepath.Dir(dir.(string)) == work {
			_ = c.(*exec.Cmd).Process.Kill()
			_ = c.(*exec.Cmd).Wait()
		}
		return true
	})
}

func until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: until FILE REGEXP")
	}
	waitFor(ts, ts.MkAbs(args[0]), args[1])
}

func waitFor(ts *testscript.TestScript, path, pattern string) {
	re := regexp.MustCompile(pattern)
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		data, err := os.ReadFile(path)
		ts.Check(err)
		if re.Match(data) {
			return
		}
		if time.Now().After(end) {
			ts.Fatalf("%s: no line matches %s:\n%s", path, pattern, data)
		}
	}
}

func asked(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: asked NAME")
	}
	for end := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		err := ts.Exec("sotto-cli", "--json", "--data", args[0], "requests")
		if err == nil && strings.Contains(ts.ReadFile("stdout"), `"id"`) {
			return
		}
		if time.Now().After(end) {
			ts.Fatalf("nobody asked: %v %s", err, ts.ReadFile("stderr"))
		}
	}
}

func get(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: get VARIABLE KEY")
	}
	var v any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &v))
	if all, ok := v.([]any); ok && len(all) > 0 {
		v = all[0]
	}
	object, _ := v.(map[string]any)
	value, ok := object[args[1]]
	if !ok {
		ts.Fatalf("no %q in %s", args[1], ts.ReadFile("stdout"))
	}
	ts.Setenv(args[0], fmt.Sprint(value))
}

func bomb(ts *testscript.TestScript, _ bool, args []string) {
	var b bytes.Buffer
	ts.Check(png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1))))
	data := b.Bytes()
	copy(data[16:], "\x00\x01\x00\x00\x00\x01\x00\x00") // 65,536 by 65,536, in the header
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29]))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o600))
}

func blank(ts *testscript.TestScript, _ bool, args []string) {
	var b bytes.Buffer
	ts.Check(png.Encode(&b, image.NewGray(image.Rect(0, 0, 100, 100))))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o600))
}

// TestInterrupted: a signal while a command waits is no fault of the program.
func TestInterrupted(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "keys"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := control.Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel) // the listener never answers
	var out, said bytes.Buffer
	if status := run(ctx, []string{"--data", dir, "status"}, strings.NewReader(""), &out, &said); status != exitFailed {
		t.Errorf("exit status %d", status)
	}
	if said.String() != "Interrupted.\n" || out.Len() > 0 {
		t.Errorf("said %q, printed %q", said.String(), out.String())
	}
}
