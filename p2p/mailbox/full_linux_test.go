package mailbox

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"sotto/p2p/p2ptest"
)

// TestDiskFull fills the disk. What was said to be stored is, what was not is
// answered as over quota, and with space it goes on. A mailbox that leaves some
// of the disk alone lets cells be deleted when it has filled the rest.
func TestDiskFull(t *testing.T) {
	t.Run("by others", func(t *testing.T) { fillDisk(t, 0) })
	t.Run("by the mailbox", func(t *testing.T) { fillDisk(t, 1<<20) })
}

func fillDisk(t *testing.T, keepFree int64) {
	disk := p2ptest.Mount(t, "size=4m")
	ballast := filepath.Join(disk, "ballast")
	fill := func(keep int64) {
		var free syscall.Statfs_t
		ok(t, syscall.Statfs(disk, &free))
		if n := int64(free.Bavail)*free.Bsize - keep; n > 0 {
			ok(t, os.WriteFile(ballast, make([]byte, n), 0o600))
		}
	}
	fill(16 << 10)
	dir := filepath.Join(disk, "box")
	if _, err := Open(dir, roomy(), OpenAccess(), nil, time.Now); !errors.Is(err, ErrNoSpace) {
		t.Fatalf("opened on a full disk: %v", err)
	}
	ok(t, os.Remove(ballast))
	limits := roomy()
	limits.KeepFree = keepFree
	s := open(t, dir, limits, OpenAccess())
	p := serve(t, s)
	ctx := t.Context()
	c := dial(t, p)
	q, owner := newQueue(t, c)
	fill(keepFree + 800<<10)
	stored := map[Envelope]bool{}
	var names []Envelope
	for full := false; !full; {
		cell := randomCell(4000)
		outcomes, err := c.Put(ctx, q.Deposit, [][]byte{cell})
		if full = err != nil; full {
			want(t, err, ErrQuota)
			continue
		}
		if outcomes[0] != Stored {
			t.Fatal(outcomes)
		}
		names = append(names, EnvelopeOf(cell))
		stored[EnvelopeOf(cell)] = true
		if len(stored) > 5000 {
			t.Fatal("the disk does not fill")
		}
	}
	check := func(want int) {
		t.Helper()
		got := drain(t, c, q.Withdrawal)
		if len(got) != want {
			t.Fatalf("%d cells, want %d", len(got), want)
		}
		for _, cell := range got {
			if !stored[EnvelopeOf(cell.Data)] {
				t.Fatal("a cell that was not stored is there")
			}
		}
	}
	check(len(stored))
	if s, err := c.State(ctx, owner); err != nil || s.Cells != len(stored) {
		t.Error(s, err)
	}
	t.Logf("%d cells fit", len(stored))
	if keepFree == 0 {
		ok(t, os.Remove(ballast))
	}
	ok(t, c.Delete(ctx, q.Withdrawal, names[:10]))
	for _, n := range names[:10] {
		delete(stored, n)
	}
	check(len(stored))
	os.Remove(ballast)
	cell := randomCell(4000)
	_, err := c.Put(ctx, q.Deposit, [][]byte{cell})
	ok(t, err)
	stored[EnvelopeOf(cell)] = true
	check(len(stored))
}

func TestReadOnlyDisk(t *testing.T) {
	disk := p2ptest.Mount(t, "ro")
	_, err := Open(filepath.Join(disk, "box"), DefaultLimits(), OpenAccess(), nil, time.Now)
	want(t, err, ErrPermission)
}
