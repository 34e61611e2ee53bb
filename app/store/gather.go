package store

import (
	"errors"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/util/vfsutil"
	"github.com/ncruces/go-sqlite3/vfs"
)

// gathering returns the name of an SQLite file layer on top of an enciphering one.
//
// The blocks that are enciphered do not fit what SQLite writes into its log, a
// header of 24 bytes and a page, again and again: each page would be enciphered
// three times, and what is around it read and deciphered as often. So the pieces
// are put together first.
func gathering(files string) string {
	below := vfs.Find(files)
	if below == nil {
		return files // SQLite says so
	}
	name := files + "-gathered"
	vfs.Register(name, gather{below})
	return name
}

// gather is a file layer that puts together what is written to a log.
type gather struct{ vfs.VFS }

func (g gather) Open(name string, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	return nil, flags, sqlite3.CANTOPEN // OpenFilename is called instead
}

func (g gather) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	file, flags, err := vfsutil.WrapOpenFilename(g.VFS, name, flags)
	if err == nil && flags&vfs.OPEN_WAL != 0 {
		file = &gathered{File: file}
	}
	return file, flags, err
}

// gathered is a file of which what was written last may still be here. It is in
// the file when anybody can tell: before it is read, measured, synced or closed.
type gathered struct {
	vfs.File
	at int64  // where b belongs
	b  []byte // written and not in the file yet
}

// maxGathered is how much is kept at most before it is written.
const maxGathered = 16 * block

func (g *gathered) end() int64 { return g.at + int64(len(g.b)) }

func (g *gathered) WriteAt(p []byte, off int64) (int, error) {
	if off < g.at || off > g.end() {
		if err := g.flush(); err != nil {
			return 0, err
		}
	}
	if len(g.b) == 0 {
		g.at = off
	}
	i := int(off - g.at)
	g.b = append(g.b[:i], append(p[:len(p):len(p)], g.b[min(i+len(p), len(g.b)):]...)...)
	if len(g.b) < maxGathered {
		return len(p), nil
	}
	// What ends within a block waits for the rest of it.
	return len(p), g.write(int(g.end()/block*block - g.at))
}

// write puts the first n bytes into the file. If it fails they are still here.
func (g *gathered) write(n int) error {
	if n <= 0 {
		return nil
	}
	if _, err := g.File.WriteAt(g.b[:n], g.at); err != nil {
		return err
	}
	g.b = append(g.b[:0], g.b[n:]...)
	g.at += int64(n)
	return nil
}

func (g *gathered) flush() error { return g.write(len(g.b)) }

func (g *gathered) ReadAt(p []byte, off int64) (int, error) {
	if off < g.end() && off+int64(len(p)) > g.at {
		if err := g.flush(); err != nil {
			return 0, err
		}
	}
	return g.File.ReadAt(p, off)
}

func (g *gathered) Size() (int64, error) {
	if err := g.flush(); err != nil {
		return 0, err
	}
	return g.File.Size()
}

func (g *gathered) Truncate(size int64) error {
	if size < g.end() {
		g.b = g.b[:max(0, size-g.at)]
	}
	return g.File.Truncate(size)
}

func (g *gathered) Sync(flags vfs.SyncFlag) error {
	if err := g.flush(); err != nil {
		return err
	}
	return g.File.Sync(flags)
}

func (g *gathered) Close() error { return errors.Join(g.flush(), g.File.Close()) }
