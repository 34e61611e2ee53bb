package history

import (
	"fmt"
	"path/filepath"
	"testing"

	"sotto/app"
	"sotto/crypto/vault"
)

// TestKilledWhileCreating ends a program while it makes a profile, at points and
// at writes: afterwards there is no profile and one can be made, or there is one
// that opens.
func TestKilledWhileCreating(t *testing.T) {
	create := func(dir string, d *disk, at func(string)) error {
		m, err := app.Create(t.Context(), dir, app.CreateOptions{
			Name: computers[0], Passphrase: passphrase,
			Surroundings: app.Surroundings{Params: &vault.Floor, Files: d.name, At: at},
		})
		if err == nil {
			m.Close()
		}
		return err
	}
	type try struct {
		point string
		n     int
		how   end
	}
	tries := []try{{"migrating", 1, killed}, {"before commit", 1, killed}, {"before commit", 2, killed}, {"after commit", 2, killed}, {"before commit", 3, killed}, {"after commit", 3, killed}}
	for _, n := range []int{1, 2, 5, 9, 20, 45, 100} {
		tries = append(tries, try{"", n, end(n % 3)})
	}
	for i, k := range tries {
		name := fmt.Sprintf("%q %d (%s)", k.point, k.n, k.how)
		dir := filepath.Join(t.TempDir(), "profile")
		ended := false
		d := newDisk(newRand(uint64(i), name), func(end, string) { ended = true })
		if k.point == "" {
			d.endAt(k.n, k.how)
		}
		left := k.n
		err := create(dir, d, func(point string) {
			if point == k.point {
				if left--; left == 0 {
					d.end(k.how)
				}
			}
		})
		if !ended {
			t.Errorf("%s: never came to that (%v)", name, err)
			continue
		}
		if !app.Exists(dir) {
			if err := create(dir, newDisk(newRand(0, name), func(end, string) {}), nil); err != nil {
				t.Errorf("%s: no profile, and none can be made: %v", name, err)
			}
			continue
		}
		m, err := app.Open(t.Context(), dir, passphrase)
		if err != nil {
			t.Errorf("%s: there is a profile and it does not open: %v", name, err)
			continue
		}
		m.Close()
	}
}
