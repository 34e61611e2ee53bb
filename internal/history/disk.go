package history

import (
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/util/vfsutil"
	"github.com/ncruces/go-sqlite3/vfs"
	"github.com/ncruces/go-sqlite3/vfs/adiantum"
)

// An end is how a program ends, as its disk sees it.
type end int

const (
	killed   end = iota // the system has all that was written
	torn                // as killed, in the middle of the write under way
	powerCut            // of what was written since the last fsync some is lost, and one write is torn
)

func (e end) String() string { return [...]string{"killed", "torn", "power cut"}[e] }

// A disk is a layer below SQLite's enciphering under which one run of a
// program has its database. It can fail, and it can end: then nothing that the
// program still does changes a byte.
type disk struct {
	name string // of the SQLite file layer

	mu      sync.Mutex
	awake   *sync.Cond
	asleep  bool
	ended   bool
	onEnd   func(how end, at string)
	rand    *rand.Rand
	dueIn   int // the program ends at this many writes from now, if over 0
	due     end
	full    int // this many writes fail for want of space
	broken  int // this many operations fail
	slow    int // this many times making safe takes long
	faulted int // how many failed since the disk was made
	files   map[*diskFile]bool
}

var disks atomic.Int64

// newDisk registers a disk. onEnd is called once, when the program ends, with
// the operation at which that was asked for, if it was; whatever else the program
// stood on must end with it.
func newDisk(r *rand.Rand, onEnd func(how end, at string)) *disk {
	d := &disk{name: fmt.Sprintf("history-%d", disks.Add(1)), rand: r, onEnd: onEnd, files: make(map[*diskFile]bool)}
	d.awake = sync.NewCond(&d.mu)
	l := layer{vfs.Find(""), d}
	vfs.Register(d.name, adiantum.Wrap(l, nil))
	vfs.Register(d.plain(), l)
	return d
}

// plain is the name of the same without enciphering.
func (d *disk) plain() string { return d.name + "-plain" }

// sleep makes all operations wait until wake.
func (d *disk) sleep() {
	d.mu.Lock()
	d.asleep = !d.ended
	d.mu.Unlock()
}

func (d *disk) wake() {
	d.mu.Lock()
	d.asleep = false
	d.awake.Broadcast()
	d.mu.Unlock()
}

// mend ends all failures that were asked for.
func (d *disk) mend() {
	d.mu.Lock()
	d.full, d.broken, d.slow, d.dueIn = 0, 0, 0, 0
	d.mu.Unlock()
}

// fail makes the next operations fail: so many writes for want of space, so
// many of all kinds as broken hardware does.
func (d *disk) fail(full, broken int) {
	d.mu.Lock()
	d.full, d.broken = full, broken
	d.mu.Unlock()
}

// do does one of the steps that make a disk fail or mend it.
func (d *disk) do(o op, n int) {
	switch o {
	case opFull:
		d.fail(n, 0)
	case opBroken:
		d.fail(0, n)
	case opSlow:
		d.mu.Lock()
		d.slow = n
		d.mu.Unlock()
	case opMend:
		d.mend()
	}
}

// endAt lets the program end at the nth write from now.
func (d *disk) endAt(n int, how end) {
	d.mu.Lock()
	d.dueIn, d.due = n, how
	d.mu.Unlock()
}

// end ends the program now. The files are what the next run finds.
func (d *disk) end(how end) {
	d.mu.Lock()
	d.endLocked(how, "")
	d.mu.Unlock()
}

func (d *disk) endLocked(how end, at string) {
	if d.ended {
		return
	}
	d.ended, d.asleep = true, false
	d.awake.Broadcast()
	for f := range d.files {
		if how == powerCut {
			f.forget(d.rand)
		}
		f.unsynced = nil
	}
	d.onEnd(how, at)
	d.onEnd = nil // SQLite's list of layers keeps d, and is to keep nothing else
}

func (d *disk) hasFailed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.faulted > 0
}

// still calls f while nothing is being read or written.
func (d *disk) still(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f()
}

// ready waits while the computer sleeps and fails if an operation is to fail.
// The caller holds d.mu.
func (d *disk) ready(write bool, code sqlite3.ExtendedErrorCode) error {
	for d.asleep {
		d.awake.Wait()
	}
	switch {
	case d.ended:
		return code
	case d.broken > 0:
		d.broken--
		d.faulted++
		return code
	case write && d.full > 0:
		d.full--
		d.faulted++
		return vfs.SystemError(syscall.ENOSPC, sqlite3.FULL)
	}
	return nil
}

// endsHere counts a write and reports whether it is the one at which the program
// ends. A disk is often slow before it fails: what the program gave out too early
// has time to take effect.
func (d *disk) endsHere() bool {
	if d.dueIn == 0 {
		return false
	}
	d.dueIn--
	if d.dueIn == 0 {
		linger(d.rand)
	}
	return d.dueIn == 0
}

// drag lets a slow disk take its time. Meanwhile the program may end. The caller
// holds d.mu.
func (d *disk) drag() {
	if d.slow > 0 {
		d.slow--
		long := time.Duration(10+d.rand.IntN(40)) * time.Millisecond
		d.mu.Unlock()
		time.Sleep(long)
		d.mu.Lock()
	}
}

// linger passes a moment in half of the cases.
func linger(r *rand.Rand) {
	if r.IntN(2) == 0 {
		time.Sleep(time.Duration(r.IntN(50)) * time.Millisecond)
	}
}

// layer is the SQLite file layer of a disk.
type layer struct {
	vfs.VFS
	d *disk
}

func (l layer) Open(name string, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	return nil, flags, sqlite3.CANTOPEN // OpenFilename is called instead
}

func (l layer) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	l.d.mu.Lock()
	defer l.d.mu.Unlock()
	if err := l.d.ready(false, sqlite3.CANTOPEN_FULLPATH); err != nil {
		return nil, flags, err
	}
	inner, flags, err := vfsutil.WrapOpenFilename(l.VFS, name, flags)
	if err != nil {
		return nil, flags, err
	}
	f := &diskFile{File: inner, d: l.d}
	l.d.files[f] = true
	return f, flags, nil
}

func (l layer) Delete(name string, sync bool) error {
	l.d.mu.Lock()
	defer l.d.mu.Unlock()
	if err := l.d.ready(false, sqlite3.IOERR_DELETE); err != nil {
		return err
	}
	return l.VFS.Delete(name, sync)
}

func (l layer) Access(name string, flags vfs.AccessFlag) (bool, error) {
	l.d.mu.Lock()
	defer l.d.mu.Unlock()
	if err := l.d.ready(false, sqlite3.IOERR_ACCESS); err != nil {
		return false, err
	}
	return l.VFS.Access(name, flags)
}

// diskFile is an open file of a disk.
type diskFile struct {
	vfs.File
	d        *disk
	unsynced []unsafeWrite
}

// unsafeWrite is one write since the last fsync, or a truncation.
type unsafeWrite struct {
	at         int64
	before     []byte // what was there; shorter if the file was
	after      []byte
	sizeBefore int64
	truncate   bool
	size       int64 // of a truncation
}

func (f *diskFile) Close() error {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	delete(f.d.files, f)
	return f.File.Close()
}

func (f *diskFile) ReadAt(p []byte, off int64) (int, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if err := f.d.ready(false, sqlite3.IOERR_READ); err != nil {
		return 0, err
	}
	return f.File.ReadAt(p, off)
}

func (f *diskFile) WriteAt(p []byte, off int64) (int, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if err := f.d.ready(true, sqlite3.IOERR_WRITE); err != nil {
		return 0, err
	}
	ends := f.d.endsHere()
	if ends && f.d.due == killed {
		f.d.endLocked(killed, "write")
		return 0, sqlite3.IOERR_WRITE
	}
	if err := f.note(off, p); err != nil {
		return 0, err
	}
	if ends {
		f.File.WriteAt(p[:f.d.rand.IntN(len(p)+1)], off)
		f.d.endLocked(f.d.due, "write")
		return 0, sqlite3.IOERR_WRITE
	}
	return f.File.WriteAt(p, off)
}

// note remembers what a write replaces, until the next fsync.
func (f *diskFile) note(off int64, p []byte) error {
	size, err := f.File.Size()
	if err != nil {
		return err
	}
	w := unsafeWrite{at: off, after: append([]byte(nil), p...), sizeBefore: size}
	if off < size {
		w.before = make([]byte, min(int64(len(p)), size-off))
		if _, err := f.File.ReadAt(w.before, off); err != nil && err != io.EOF {
			return err
		}
	}
	f.unsynced = append(f.unsynced, w)
	return nil
}

func (f *diskFile) Truncate(size int64) error {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if err := f.d.ready(false, sqlite3.IOERR_TRUNCATE); err != nil {
		return err
	}
	if f.d.endsHere() {
		f.d.endLocked(f.d.due, "truncate")
		return sqlite3.IOERR_TRUNCATE
	}
	old, err := f.File.Size()
	if err != nil {
		return err
	}
	w := unsafeWrite{at: size, sizeBefore: old, truncate: true, size: size}
	if size < old {
		w.before = make([]byte, old-size)
		if _, err := f.File.ReadAt(w.before, size); err != nil && err != io.EOF {
			return err
		}
	}
	f.unsynced = append(f.unsynced, w)
	return f.File.Truncate(size)
}

// Sync makes what was written safe from a power cut. It does not bother the
// real disk, whose power is not cut.
func (f *diskFile) Sync(vfs.SyncFlag) error {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	f.d.drag()
	if err := f.d.ready(false, sqlite3.IOERR_FSYNC); err != nil {
		return err
	}
	if f.d.endsHere() {
		f.d.endLocked(f.d.due, "fsync")
		return sqlite3.IOERR_FSYNC
	}
	f.unsynced = nil
	return nil
}

// forget leaves of what was not synced what a power cut might: each write is
// there or not, and one is there in part.
func (f *diskFile) forget(r *rand.Rand) {
	for i := len(f.unsynced) - 1; i >= 0; i-- {
		w := f.unsynced[i]
		if len(w.before) > 0 {
			f.File.WriteAt(w.before, w.at)
		}
		if size, err := f.File.Size(); err == nil && size != w.sizeBefore {
			f.File.Truncate(w.sizeBefore)
		}
	}
	if len(f.unsynced) == 0 {
		return
	}
	cut := r.IntN(len(f.unsynced))
	for i, w := range f.unsynced {
		switch {
		case i == cut && !w.truncate:
			f.File.WriteAt(w.after[:r.IntN(len(w.after)+1)], w.at)
		case r.IntN(2) == 0:
		case w.truncate:
			f.File.Truncate(w.size)
		default:
			f.File.WriteAt(w.after, w.at)
		}
	}
}

func (f *diskFile) Size() (int64, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if err := f.d.ready(false, sqlite3.IOERR_FSTAT); err != nil {
		return 0, err
	}
	return f.File.Size()
}

// Lock and Unlock work to the end, so that the next run finds the files free.

func (f *diskFile) SharedMemory() vfs.SharedMemory { return vfsutil.WrapSharedMemory(f.File) }
func (f *diskFile) LockState() vfs.LockLevel       { return vfsutil.WrapLockState(f.File) }
