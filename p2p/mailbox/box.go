package mailbox

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ncruces/go-sqlite3"
	"golang.org/x/time/rate"
)

// A box is the store of a mailbox: the database, and in memory who owns which
// queues, their keys and how full they are. Cells are in the database alone.
//
// All that changes it is done by the committer (commit.go).
type box struct {
	limits Limits
	log    *slog.Logger
	now    func() time.Time     // the date
	run    func() time.Duration // how long this run lasts, by a clock that nobody sets
	looks  <-chan time.Time     // when to look at the date

	db      *database // the committer's
	jobs    chan job
	stop    chan struct{}
	stopped chan struct{}
	days    days
	sweeps  []sweep
	fired   map[*watch]bool // that saw something in this transaction
	failing bool            // the last transaction failed

	mu          sync.Mutex // held by the committer too, while it works
	owners      map[publicKey]*owner
	deposits    map[[32]byte]*queue // by the SHA-256 of the id
	withdrawals map[[32]byte]*queue
	numbers     map[int64]bool // of queues, and of removed ones that are not swept yet
	bytes       int64          // counted of all queues
	cells       int
	used, file  int64 // size of the database, as last measured

	dummy     publicKey // in the place of the key of a queue that is not there
	commits   atomic.Int64
	storedN   atomic.Int64
	fetchedN  atomic.Int64
	deletedN  atomic.Int64
	expiredN  atomic.Int64
	overN     atomic.Int64
	refusedN  atomic.Int64
	tooFastN  atomic.Int64
	watchingN atomic.Int64
}

type owner struct {
	row    int64
	key    publicKey
	queues int
	cells  int
	bytes  int64
}

type queue struct {
	number                    int64
	owner                     *owner
	deposit, withdrawal       [32]byte
	depositKey, withdrawalKey publicKey

	removed bool
	cells   int    // that wait
	bytes   int64  // counted: cells, and overhead for them and for tombstones
	last    uint64 // number of the latest cell
	head    uint64 // no cell that waits has this number or a smaller one

	rate     *rate.Limiter
	watchers map[*watch]int // and which of its queues this is
}

// openBox opens the database and reads everything but the cells.
func openBox(dir string, limits Limits, log *slog.Logger, now func() time.Time, files string) (*box, error) {
	db, err := openDatabase(dir, limits.DiskBytes, files)
	if err != nil {
		return nil, err
	}
	started := time.Now()
	b := &box{
		limits: limits, log: log, now: now, run: func() time.Duration { return time.Since(started) },
		looks: time.Tick(tick), db: db, jobs: make(chan job, maxJobs), stop: make(chan struct{}), stopped: make(chan struct{}),
		fired:  make(map[*watch]bool),
		owners: make(map[publicKey]*owner), deposits: make(map[[32]byte]*queue), withdrawals: make(map[[32]byte]*queue),
		numbers: make(map[int64]bool),
	}
	copy(b.dummy[:], NewSeed().Public())
	if err := b.load(); err != nil {
		db.close()
		return nil, classify(err)
	}
	return b, nil
}

// start lets the committer begin.
func (b *box) start() {
	b.lookAtDate()
	b.expire()
	go b.commit()
}

func (b *box) load() error {
	owners := make(map[int64]*owner)
	err := b.db.each("SELECT owner, key FROM owners", func(s *sqlite3.Stmt) error {
		o := &owner{row: s.ColumnInt64(0)}
		if copy(o.key[:], s.ColumnRawBlob(1)) != len(o.key) {
			return ErrDamaged
		}
		owners[o.row], b.owners[o.key] = o, o
		return nil
	})
	if err != nil {
		return err
	}
	var all []*queue
	err = b.db.each("SELECT queue, owner, deposit, withdrawal, deposit_key, withdrawal_key FROM queues", func(s *sqlite3.Stmt) error {
		q := &queue{number: s.ColumnInt64(0), owner: owners[s.ColumnInt64(1)]}
		for i, to := range [][]byte{q.deposit[:], q.withdrawal[:], q.depositKey[:], q.withdrawalKey[:]} {
			if copy(to, s.ColumnRawBlob(i+2)) != len(to) {
				return ErrDamaged
			}
		}
		if q.owner == nil || q.number <= 0 || q.number >= maxQueueNumber {
			return ErrDamaged
		}
		q.owner.queues++
		all = append(all, q)
		b.deposits[q.deposit], b.withdrawals[q.withdrawal], b.numbers[q.number] = q, q, true
		return nil
	})
	if err != nil {
		return err
	}
	for _, q := range all {
		err := run(b.db.sumQueue, func() {
			s := b.db.sumQueue
			q.cells = s.ColumnInt(1)
			q.bytes = s.ColumnInt64(2) + cellOverhead*s.ColumnInt64(0)
			q.last = place(s.ColumnInt64(3)).number()
		}, int64(first(q.number)), int64(first(q.number+1)))
		if err != nil {
			return err
		}
		q.owner.cells += q.cells
		q.owner.bytes += q.bytes
		b.bytes += q.bytes
		b.cells += q.cells
	}
	err = b.db.each("SELECT day, date FROM clock", func(s *sqlite3.Stmt) error {
		b.days.day, b.days.date = s.ColumnInt64(0), s.ColumnInt64(1)
		return nil
	})
	if err != nil {
		return err
	}
	if b.days.date == 0 {
		date := dateOf(b.now())
		b.days.day, b.days.date = date, date
		if err := b.saveDays(); err != nil {
			return err
		}
	}
	return b.findOrphans()
}

// ownerOf returns the owner of a key, or nil.
func (b *box) ownerOf(key publicKey) *owner {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.owners[key]
}

// toDeposit and toWithdraw return a queue and the key that a request must be
// signed with, or nil and a key that nobody has.
func (b *box) toDeposit(id ID) (*queue, publicKey) {
	hash := sha256.Sum256(id[:])
	b.mu.Lock()
	defer b.mu.Unlock()
	if q := b.deposits[hash]; q != nil {
		return q, q.depositKey
	}
	return nil, b.dummy
}

func (b *box) toWithdraw(id ID) (*queue, publicKey) {
	hash := sha256.Sum256(id[:])
	b.mu.Lock()
	defer b.mu.Unlock()
	if q := b.withdrawals[hash]; q != nil {
		return q, q.withdrawalKey
	}
	return nil, b.dummy
}

// unused returns a random number above 0 and below max that is not taken.
func unused(max int64, taken func(int64) bool) int64 {
	for {
		var r [8]byte
		rand.Read(r[:])
		n := int64(binary.LittleEndian.Uint64(r[:])>>1) % max
		if n > 0 && !taken(n) {
			return n
		}
	}
}

// create makes a queue. It is done already if there is one that is the same in
// everything.
func (b *box) create(t *transaction, o *ownerBody) (status, error) {
	deposit, withdrawal := sha256.Sum256(o.deposit[:]), sha256.Sum256(o.withdrawal[:])
	if q, r := b.deposits[deposit], b.withdrawals[withdrawal]; q != nil || r != nil {
		if q == r && q.owner.key == o.owner && q.depositKey == o.depositKey && q.withdrawalKey == o.withdrawalKey {
			return statusOK, nil
		}
		return statusRefused, nil
	}
	own := b.owners[o.owner]
	if own == nil && len(b.owners) >= b.limits.Owners || len(b.deposits) >= b.limits.Queues || own != nil && own.queues >= b.limits.OwnerQueues {
		return statusQuota, nil
	}
	if own == nil {
		own = &owner{key: o.owner}
		own.row = unused(1<<62, func(n int64) bool {
			for _, other := range b.owners {
				if other.row == n {
					return true
				}
			}
			return false
		})
		if err := b.db.exec("INSERT INTO owners (owner, key) VALUES (?, ?)", own.row, o.owner[:]); err != nil {
			return 0, err
		}
		b.owners[o.owner] = own
		t.undo = append(t.undo, func() { delete(b.owners, o.owner) })
	}
	q := &queue{
		number: unused(maxQueueNumber, func(n int64) bool { return b.numbers[n] }), owner: own,
		deposit: deposit, withdrawal: withdrawal, depositKey: o.depositKey, withdrawalKey: o.withdrawalKey,
	}
	err := b.db.exec("INSERT INTO queues (queue, owner, deposit, withdrawal, deposit_key, withdrawal_key) VALUES (?, ?, ?, ?, ?, ?)",
		q.number, own.row, deposit[:], withdrawal[:], q.depositKey[:], q.withdrawalKey[:])
	if err != nil {
		return 0, err
	}
	b.deposits[deposit], b.withdrawals[withdrawal], b.numbers[q.number] = q, q, true
	t.undo = append(t.undo, func() {
		delete(b.deposits, deposit)
		delete(b.withdrawals, withdrawal)
		delete(b.numbers, q.number)
		q.removed = true // for those who found it meanwhile
	})
	change(t, &own.queues, own.queues+1)
	return statusOK, nil
}

// remove forgets a queue. Its cells can be reached no more, and are swept away.
func (b *box) remove(t *transaction, o *ownerBody) (status, error) {
	withdrawal := sha256.Sum256(o.withdrawal[:])
	q := b.withdrawals[withdrawal]
	if q == nil || q.owner.key != o.owner {
		return statusRefused, nil
	}
	if err := b.db.exec("DELETE FROM queues WHERE queue = ?", q.number); err != nil {
		return 0, err
	}
	own := q.owner
	if own.queues == 1 {
		if err := b.db.exec("DELETE FROM owners WHERE owner = ?", own.row); err != nil {
			return 0, err
		}
		delete(b.owners, own.key)
		t.undo = append(t.undo, func() { b.owners[own.key] = own })
	}
	delete(b.deposits, q.deposit)
	delete(b.withdrawals, q.withdrawal)
	t.undo = append(t.undo, func() { b.deposits[q.deposit], b.withdrawals[q.withdrawal] = q, q })
	change(t, &own.queues, own.queues-1)
	change(t, &own.bytes, own.bytes-q.bytes)
	change(t, &own.cells, own.cells-q.cells)
	change(t, &b.cells, b.cells-q.cells)
	change(t, &q.removed, true)
	t.after = append(t.after, func() {
		b.sweeps = append(b.sweeps, sweep{from: first(q.number), to: first(q.number + 1), number: q.number})
		for w, i := range q.watchers {
			b.see(w, i, Gone)
		}
	})
	t.deletes = true
	return statusOK, nil
}

// state tells an owner how full everything is. One without queues has none.
func (b *box) state(key publicKey) State {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := State{MaxQueues: b.limits.OwnerQueues, Quota: b.limits.OwnerBytes, Keep: b.limits.Keep}
	if o := b.owners[key]; o != nil {
		s.Queues, s.Cells, s.Bytes = o.queues, o.cells, o.bytes
	}
	s.Free = max(0, min(s.Quota-s.Bytes, b.limits.DiskBytes-max(b.bytes, b.used), b.space()))
	return s
}

// space is how much of the disk may still be used.
func (b *box) space() int64 { return diskFree(filepath.Dir(b.db.path)) - b.limits.KeepFree }

// put stores the cells of one request. A cell that is there, or was until it was
// deleted, is stored.
func (b *box) put(t *transaction, q *queue, envelopes []Envelope, cells [][]byte) ([]byte, error) {
	outcomes := make([]byte, len(cells))
	space := b.space()
	for i, cell := range cells {
		there := false
		err := run(b.db.findCell, func() { there = true }, q.number, envelopes[i][:])
		if err != nil {
			return nil, err
		}
		if there {
			outcomes[i] = byte(Stored)
			continue
		}
		need := int64(len(cell) + cellOverhead)
		number := max(q.last, firstOf(b.days.day)) + 1
		if q.bytes+need > b.limits.QueueBytes || q.owner.bytes+need > b.limits.OwnerBytes || b.bytes+need > b.limits.DiskBytes || need > space || number >= 1<<numberBits {
			outcomes[i] = byte(OverQuota)
			continue
		}
		if err := run(b.db.putCell, nil, int64(placeOf(q.number, number)), envelopes[i][:], cell); err != nil {
			return nil, err
		}
		outcomes[i] = byte(Stored)
		space -= need
		change(t, &q.last, number)
		b.count(t, q, 1, need)
	}
	last := q.last
	t.after = append(t.after, func() {
		for w, i := range q.watchers {
			if last > w.after[i] {
				b.see(w, i, Mail)
			}
		}
	})
	return outcomes, nil
}

// count adds to what a queue, its owner and the mailbox have.
func (b *box) count(t *transaction, q *queue, cells int, size int64) {
	change(t, &q.cells, q.cells+cells)
	change(t, &q.bytes, q.bytes+size)
	change(t, &b.bytes, b.bytes+size)
	if !q.removed {
		change(t, &q.owner.cells, q.owner.cells+cells)
		change(t, &q.owner.bytes, q.owner.bytes+size)
		change(t, &b.cells, b.cells+cells)
	}
}

// fetch returns the body of an answer with the oldest cells after a number.
func (b *box) fetch(t *transaction, q *queue, after uint64) (body []byte, count int, err error) {
	body = []byte{} // an answer without cells has a body too
	from := min(max(after, q.head), 1<<numberBits-1)
	begin, end := int64(placeOf(q.number, from)), int64(first(q.number+1))
	s := b.db.fetchCells
	if err := s.BindInt64(1, begin); err != nil {
		return nil, 0, err
	}
	if err := s.BindInt64(2, end); err != nil {
		return nil, 0, err
	}
	defer s.Reset()
	total := 0
	for s.Step() {
		number, cell := place(s.ColumnInt64(0)).number(), s.ColumnRawBlob(1)
		if count == 0 && after <= q.head {
			change(t, &q.head, number-1)
		}
		if total += len(cell); count == MaxFetch || total > MaxBytes {
			return appendMore(body), count, nil
		}
		body = appendCell(body, number, cell)
		count++
	}
	if err := s.Err(); err != nil {
		return nil, 0, err
	}
	if count == 0 && after <= q.head {
		change(t, &q.head, q.last)
	}
	return body, count, nil
}

// waiting reports whether cells with greater numbers than after wait.
func (b *box) waiting(t *transaction, q *queue, after uint64) (there bool, err error) {
	if q.cells == 0 || q.last <= after {
		return false, nil
	}
	from := min(max(after, q.head), 1<<numberBits-1)
	s := b.db.firstCell
	err = run(s, func() {
		there = true
		if after <= q.head {
			change(t, &q.head, place(s.ColumnInt64(0)).number()-1)
		}
	}, int64(placeOf(q.number, from)), int64(first(q.number+1)))
	return there, err
}

// bury deletes cells and leaves tombstones. What is not there is passed over.
func (b *box) bury(t *transaction, q *queue, envelopes []Envelope) (count int, err error) {
	for _, e := range envelopes {
		var where, size int64 = -1, 0
		there := false
		s := b.db.findCell
		err := run(s, func() {
			where, size, there = s.ColumnInt64(0), s.ColumnInt64(1), s.ColumnType(1) != sqlite3.NULL
		}, q.number, e[:])
		if err != nil {
			return 0, err
		}
		if !there {
			continue
		}
		if err := run(b.db.buryCell, nil, where); err != nil {
			return 0, err
		}
		b.count(t, q, -1, -size)
		t.deletes = true
		count++
	}
	return count, nil
}

// close ends the committer and closes the database.
func (b *box) close() error {
	close(b.stop)
	<-b.stopped
	return classify(b.db.close())
}
