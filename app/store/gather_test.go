package store

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/ncruces/go-sqlite3/util/vfsutil"
	"github.com/ncruces/go-sqlite3/vfs"
	"github.com/ncruces/go-sqlite3/vfs/adiantum"
	"pgregory.net/rapid"
)

// memoryFile is a file of which the test sees everything, and which can be full.
type memoryFile struct {
	vfs.File
	b      []byte
	synced []byte
	writes int
	full   bool
}

var errFull = errors.New("full")

func (f *memoryFile) WriteAt(p []byte, off int64) (int, error) {
	if f.full {
		return 0, errFull
	}
	f.writes++
	f.b = append(f.b, make([]byte, max(0, int(off)+len(p)-len(f.b)))...)
	return copy(f.b[off:], p), nil
}

func (f *memoryFile) ReadAt(p []byte, off int64) (int, error) {
	n := copy(p, f.b[min(int(off), len(f.b)):])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *memoryFile) Truncate(n int64) error {
	f.b = append(f.b[:min(int(n), len(f.b)):min(int(n), len(f.b))], make([]byte, max(0, int(n)-len(f.b)))...)
	return nil
}

func (f *memoryFile) Size() (int64, error)    { return int64(len(f.b)), nil }
func (f *memoryFile) Sync(vfs.SyncFlag) error { f.synced = bytes.Clone(f.b); return nil }
func (f *memoryFile) Close() error            { return nil }

// Nobody who reads, measures, syncs or closes a file can tell that what is written
// to it is gathered, though it be full at times.
func TestGatheredIsAFile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		inner := new(memoryFile)
		g, plain := &gathered{File: inner}, new(memoryFile)
		next := int64(0)
		t.Repeat(map[string]func(*rapid.T){
			"append": func(t *rapid.T) {
				p := bytes.Repeat([]byte{rapid.Byte().Draw(t, "byte")}, rapid.SampledFrom([]int{1, 24, 4096, 70_000}).Draw(t, "size"))
				if _, err := g.WriteAt(p, next); err != nil && !inner.full {
					t.Fatal(err)
				} else if err == nil || g.at <= next && next < g.end() {
					plain.WriteAt(p, next)
					next += int64(len(p))
				}
			},
			"go to": func(t *rapid.T) { next = int64(rapid.IntRange(0, len(plain.b)).Draw(t, "where")) },
			"full":  func(t *rapid.T) { inner.full = rapid.Bool().Draw(t, "full") },
			"read": func(t *rapid.T) {
				off := rapid.IntRange(0, len(plain.b)).Draw(t, "from")
				got, want := make([]byte, 5000), make([]byte, 5000)
				n, err := g.ReadAt(got, int64(off))
				m, werr := plain.ReadAt(want, int64(off))
				if errors.Is(err, errFull) && inner.full {
					return
				}
				if n != m || err != werr || !bytes.Equal(got, want) {
					t.Fatalf("read %d bytes (%v), not %d (%v)", n, err, m, werr)
				}
			},
			"size": func(t *rapid.T) {
				n, err := g.Size()
				if err == nil && n != int64(len(plain.b)) || err != nil && !inner.full {
					t.Fatalf("size %d, not %d: %v", n, len(plain.b), err)
				}
			},
			"truncate": func(t *rapid.T) {
				if n, err := g.Size(); err != nil || n == 0 {
					return
				}
				size := int64(rapid.IntRange(0, len(plain.b)).Draw(t, "size"))
				if err := g.Truncate(size); err != nil {
					t.Fatal(err)
				}
				plain.Truncate(size)
				next = min(next, size)
			},
			"sync": func(t *rapid.T) {
				if err := g.Sync(0); err == nil && !bytes.Equal(inner.synced, plain.b) {
					t.Fatal("what was synced is not in the file")
				} else if err != nil && !inner.full {
					t.Fatal(err)
				}
			},
		})
		inner.full = false
		if err := g.Close(); err != nil || !bytes.Equal(inner.b, plain.b) {
			t.Fatalf("the file differs after its end: %v", err)
		}
	})
}

// counting is a file layer that counts what is written to logs.
type counting struct {
	vfs.VFS
	writes map[int64]int // by offset
	reads  int
}

func (c *counting) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	file, flags, err := vfsutil.WrapOpenFilename(c.VFS, name, flags)
	if err == nil && flags&vfs.OPEN_WAL != 0 {
		file = &countingFile{file, c}
	}
	return file, flags, err
}

type countingFile struct {
	vfs.File
	c *counting
}

func (f *countingFile) WriteAt(p []byte, off int64) (int, error) {
	f.c.writes[off]++
	return f.File.WriteAt(p, off)
}

func (f *countingFile) ReadAt(p []byte, off int64) (int, error) {
	f.c.reads++
	return f.File.ReadAt(p, off)
}

// A commit enciphers each block of the log once and deciphers none.
func TestCommitWritesEachBlockOnce(t *testing.T) {
	c := &counting{VFS: vfs.Find(""), writes: make(map[int64]int)}
	vfs.Register(t.Name(), adiantum.Wrap(c, nil))
	defer vfs.Unregister(t.Name())
	db, err := Open(t.Context(), t.TempDir(), testKey, testSealer{testKey}, Options{Create: true, Files: t.Name()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for i := range byte(5) {
		c.writes, c.reads = make(map[int64]int), 0
		if err := db.Update(t.Context(), func(tx *Tx) error { return tx.SetMeta("name", bytes.Repeat([]byte{i}, 30_000)) }); err != nil {
			t.Fatal(err)
		}
		if len(c.writes) < 8 || len(c.writes) > 20 || c.reads > 0 {
			t.Fatalf("%d blocks written, %d read", len(c.writes), c.reads)
		}
		for off, n := range c.writes {
			if n != 1 {
				t.Errorf("block %d written %d times", off/block, n)
			}
		}
	}
}
