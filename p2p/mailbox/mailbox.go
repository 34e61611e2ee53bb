// Package mailbox delivers while one side is offline. A mailbox keeps opaque
// cells for somebody who is away. Whoever runs it is trusted with nothing: it
// learns no identity, no contact, and nothing of what is in a cell.
//
// The recipient makes queues, one for each contact at each mailbox. A queue has
// two random ids that have nothing to do with each other, each with a key of its
// own: one to deposit, which the contact gets inside the encrypted session, and
// one to withdraw, which the recipient keeps. A third key, the owner's, makes
// and removes queues. It too is another one at each mailbox. Ids and keys are
// made by the client; see [NewQueue].
//
// [Open] starts a mailbox, which [Server.Service] mounts on a node. [Dial]
// connects to one, under a transport key that lives as long as the connection.
//
// The wire format, the limits and what lies on a mailbox's disk are written
// down in docs/network.md.
package mailbox

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"sotto/p2p/node"
)

const (
	// MaxCell is the size in bytes of the largest cell, with room for what its sender
	// wraps around one of a session; the smallest has one.
	MaxCell = node.MaxCell + 64
	// MaxPut is how many cells one request deposits.
	MaxPut = 64
	// MaxFetch is how many cells one request fetches, and deletes.
	MaxFetch = 256
	// MaxBytes is the size in bytes of all cells of one request, or one answer.
	MaxBytes = 1 << 20
	// MaxWatch is how many queues one request watches.
	MaxWatch = 64
	// MaxWait is the longest time that a watch lasts.
	MaxWait = 5 * time.Minute
)

// protocolID names the protocol and its version.
const protocolID = "/sotto/mailbox/1"

// ID names a queue to those who deposit, or to the one who withdraws.
type ID [16]byte

// Envelope names a cell: the first 16 bytes of its SHA-256.
type Envelope [16]byte

// EnvelopeOf returns the name of a cell.
func EnvelopeOf(cell []byte) Envelope {
	sum := sha256.Sum256(cell)
	return Envelope(sum[:16])
}

// Seed is an Ed25519 private key as 32 random bytes. It does not print itself.
type Seed [32]byte

// NewSeed returns a random seed.
func NewSeed() (s Seed) {
	rand.Read(s[:])
	return s
}

// Public returns the public key.
func (s Seed) Public() ed25519.PublicKey { return s.private().Public().(ed25519.PublicKey) }

func (s Seed) private() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(s[:]) }

// Format writes a word in the place of the seed.
func (Seed) Format(f fmt.State, _ rune) { fmt.Fprint(f, "[seed]") }

// LogValue keeps the seed out of logs.
func (Seed) LogValue() slog.Value { return slog.StringValue("[seed]") }

// A Deposit is the right to put cells into a queue.
type Deposit struct {
	ID   ID
	Seed Seed
}

// A Withdrawal is the right to fetch and to delete the cells of a queue.
type Withdrawal struct {
	ID   ID
	Seed Seed
}

// A Queue is both rights to one queue. Whoever makes it keeps both, and hands
// the deposit to the contact.
type Queue struct {
	Deposit    Deposit
	Withdrawal Withdrawal
}

// NewQueue returns the ids and keys of a queue, which [Conn.Create] makes.
func NewQueue() (q Queue) {
	rand.Read(q.Deposit.ID[:])
	rand.Read(q.Withdrawal.ID[:])
	q.Deposit.Seed, q.Withdrawal.Seed = NewSeed(), NewSeed()
	return q
}

// An Owner is the right to own queues at one mailbox.
type Owner struct {
	Seed   Seed
	Secret Seed // the access secret of the mailbox's link; zero if it has none
}

// A State is what an owner has at a mailbox.
type State struct {
	Queues, MaxQueues int
	Cells             int           // waiting in all queues
	Bytes             int64         // counted against the quota: see docs/network.md
	Quota             int64         // bytes that the owner may have
	Free              int64         // bytes that can be taken in now: of the quota, and of the mailbox's disk
	Keep              time.Duration // for which a cell is kept, in whole days
}

// Outcome is what became of one cell of a [Conn.Put].
type Outcome byte

// The outcomes. Values are part of the protocol.
const (
	Unanswered Outcome = 0 // it may or may not be stored: put it again
	Stored     Outcome = 1 // on disk, now or from an earlier put
	OverQuota  Outcome = 2 // not kept: queue, owner or disk is full
	NotTaken   Outcome = 3 // not kept, and will not be
)

// A Cell is what lies in a queue.
type Cell struct {
	// Number orders the cells of a queue: later ones have greater numbers. They
	// are not consecutive. Fetching continues after one.
	Number uint64
	Data   []byte
}

// A Watched is a queue to be watched: for cells with numbers above After.
type Watched struct {
	Withdrawal Withdrawal
	After      uint64
}

// Sight is what a watch saw of one queue.
type Sight byte

// The sights. Values are part of the protocol.
const (
	Quiet Sight = 0 // nothing there
	Mail  Sight = 1 // there are cells
	Gone  Sight = 2 // no such queue, or it is not theirs who ask
)

var (
	// ErrRefused is the answer to requests about queues that are unknown, or
	// removed, or not for whoever asks. Nobody can tell which.
	ErrRefused = errors.New("mailbox: refused")
	// ErrQuota means that something is full: the queue, the owner's part, the
	// number of queues or owners, or the disk. The sender keeps what was not taken.
	ErrQuota = errors.New("mailbox: quota is used up")
	// ErrRate means too much in too little time. Errors are of type [*RateError].
	ErrRate = errors.New("mailbox: too fast")
	// ErrUnreachable means that there is no connection, or none any more, or no
	// answer in time. What was asked for may have been done.
	ErrUnreachable = errors.New("mailbox: unreachable")
	// ErrProtocol means that the other side said what no mailbox says.
	ErrProtocol = errors.New("mailbox: protocol violated")
	// ErrFault means that the mailbox has a fault of its own, of its disk say.
	ErrFault = errors.New("mailbox: fault at the mailbox")
	// ErrTooLarge is returned for a cell of no or of more than MaxCell bytes, and
	// for more queues than MaxWatch.
	ErrTooLarge = errors.New("mailbox: empty or too large")
	// ErrClosed is returned after Close.
	ErrClosed = errors.New("mailbox: closed")

	// Errors of [Open]. The files are left as they are.
	ErrNewer      = errors.New("mailbox: made by a newer version")
	ErrDamaged    = errors.New("mailbox: damaged")
	ErrInUse      = errors.New("mailbox: in use by another program")
	ErrNoSpace    = errors.New("mailbox: no space left on the disk")
	ErrPermission = errors.New("mailbox: not allowed to read or write")
)

// A RateError is an [ErrRate] with the time after which to try again.
type RateError struct{ After time.Duration }

func (e *RateError) Error() string {
	return fmt.Sprintf("%v: try again in %v", ErrRate, e.After.Round(time.Millisecond))
}

// Is makes errors.Is(err, ErrRate) true.
func (e *RateError) Is(target error) bool { return target == ErrRate }
