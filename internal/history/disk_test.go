package history

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/ncruces/go-sqlite3"
)

// open opens a database as the program does.
func openOn(t *testing.T, d *disk, path string) *sqlite3.Conn {
	t.Helper()
	if i, err := os.Stat(path + "-wal"); err == nil {
		os.Truncate(path+"-wal", i.Size()/4096*4096) // as store.Open does
	}
	c, err := sqlite3.Open("file:" + path + "?vfs=" + d.name)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Exec("PRAGMA hexkey='" + hex.EncodeToString(make([]byte, 32)) + "'; PRAGMA locking_mode=exclusive"); err != nil {
		t.Fatal(err)
	}
	if err := c.EnableChecksums("main"); err != nil {
		t.Fatal(err)
	}
	if err := c.Exec("PRAGMA journal_mode=wal; PRAGMA synchronous=full; PRAGMA secure_delete=on; CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY, b BLOB)"); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestPowerCuts ends a program's disk at random between and in transactions: what
// was committed is there.
func TestPowerCuts(t *testing.T) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 1))
		path := filepath.Join(t.TempDir(), "db")
		committed := 0
		for round := range 20 {
			d := newDisk(newRand(seed, fmt.Sprint(round)), func(end, string) {})
			c := openOn(t, d, path)
			var n int
			s, _, err := c.Prepare("SELECT count(*) FROM t")
			if err != nil {
				t.Fatal(err)
			}
			s.Step()
			n = s.ColumnInt(0)
			s.Close()
			if n < committed || n > committed+1 {
				t.Fatalf("seed %d, round %d: %d rows are there, %d were committed", seed, round, n, committed)
			}
			committed = n
			how := end(r.IntN(3))
			if r.IntN(2) == 0 {
				d.endAt(1+r.IntN(60), how)
			}
			for range r.IntN(20) {
				err := c.Exec(fmt.Sprintf("INSERT INTO t VALUES (%d, randomblob(%d))", committed+1, r.IntN(9000)))
				if err != nil {
					break
				}
				committed++
			}
			d.end(how)
			c.Close()
		}
	}
}
