package app

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"sotto/app/model"
	"sotto/crypto/vault"
	"sotto/p2p/p2ptest"
)

// TestDiskFull fills the disk while messages are written. What was accepted is
// kept, what was not is refused in time, and with space again it goes on.
func TestDiskFull(t *testing.T) {
	ctx := t.Context()
	disk := p2ptest.Mount(t, "size=4m")
	ballast := filepath.Join(disk, "ballast")
	fill := func(keep int64) {
		var free syscall.Statfs_t
		if err := syscall.Statfs(disk, &free); err != nil {
			t.Fatal(err)
		}
		if n := int64(free.Bavail)*free.Bsize - keep; n > 0 {
			if err := os.WriteFile(ballast, make([]byte, n), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}

	// No room to make a profile: there is none afterwards.
	fill(16 << 10)
	dir := filepath.Join(disk, "profile")
	options := CreateOptions{Name: "Alice", Passphrase: testPass, Surroundings: Surroundings{Params: &vault.Floor}}
	if _, err := Create(ctx, dir, options); model.KindOf(err) != model.NoSpace {
		t.Fatalf("creating on a full disk: %v", err)
	}
	if Exists(dir) {
		t.Fatal("half a profile was left")
	}
	os.Remove(ballast)

	m, err := Create(ctx, dir, options)
	if err != nil {
		t.Fatal(err)
	}
	alice := &person{Messenger: m, t: t, dir: dir, options: NetworkOptions{Listen: []string{"/ip4/127.0.0.1/tcp/0"}, NoLAN: true}}
	t.Cleanup(func() { alice.Close() })
	alice.online()
	bob := newPerson(t, "Bob").online()
	ofBob, ofAlice := introduce(t, alice, bob)
	alice.goOffline()
	fill(600 << 10)
	text := strings.Repeat("x", 3000)
	accepted := 0
	for {
		_, err := alice.Send(ctx, ofBob, text)
		if err != nil {
			if model.KindOf(err) != model.NoSpace {
				t.Fatalf("message %d: %v", accepted, err)
			}
			break
		}
		if accepted++; accepted > 2000 {
			t.Fatal("the disk does not fill")
		}
	}
	if got := len(texts(t, alice, ofBob)); got != accepted {
		t.Fatalf("%d messages stored, %d accepted", got, accepted)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	must(alice.Send(ctx, ofBob, "after"))(t)
	alice.restart().online()
	until(t, "everything delivered", func() bool { return must(alice.Status(ctx))(t).Queue == 0 })
	if got := len(texts(t, bob, ofAlice)); got != accepted+1 {
		t.Errorf("%d messages arrived, want %d", got, accepted+1)
	}
}

func TestReadOnlyDisk(t *testing.T) {
	disk := p2ptest.Mount(t, "ro")
	_, err := Create(t.Context(), filepath.Join(disk, "profile"), CreateOptions{Name: "Alice", Passphrase: testPass, Surroundings: Surroundings{Params: &vault.Floor}})
	if model.KindOf(err) != model.NoPermission {
		t.Errorf("creating on a read-only disk: %v", err)
	}
}
