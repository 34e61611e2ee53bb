package mailbox

import "time"

// Limits bound what a mailbox keeps and does. docs/network.md has the defaults
// in a table.
type Limits struct {
	Keep time.Duration // days for which a cell is kept, at least one; see docs/network.md for what a day is

	QueueBytes  int64 // of cells in one queue, with cellOverhead for each
	OwnerBytes  int64 // of all queues of one owner
	DiskBytes   int64 // of the database file
	KeepFree    int64 // bytes of the disk that are left alone: deleting takes space before it gives any
	OwnerQueues int   // queues of one owner
	Owners      int
	Queues      int // of all owners

	PutRate  float64 // puts a second into one queue
	PutBurst int     // and so many at once

	Streams        int     // at once; one more takes the place of one that has proved nothing yet
	StreamsPeer    int     // at once, of one transport key
	RequestRate    float64 // requests a second of one transport key; more are read later
	RequestBurst   int
	RequestsStream int           // unanswered requests of one stream, beside watches; more are read later
	WatchesStream  int           // watches of one stream at a time
	BytesInFlight  int64         // of cells that are being taken in or handed out, of all streams
	BytesPeer      int64         // the same, of one transport key
	Conns          int           // connections that the node takes on the mailbox's behalf
	UnprovedTime   time.Duration // for a stream to show a first valid signature
	MessageTime    time.Duration // for a request to arrive, or an answer to be taken
	MinRate        int           // bytes a second, for which there is so much more time
	IdleTime       time.Duration // without a request, beyond a watch
}

// DefaultLimits are those of a mailbox for a circle of friends.
func DefaultLimits() Limits {
	return Limits{
		Keep:           30 * 24 * time.Hour,
		QueueBytes:     64 << 20,
		OwnerBytes:     1 << 30,
		DiskBytes:      8 << 30,
		KeepFree:       64 << 20,
		OwnerQueues:    1000,
		Owners:         1000,
		Queues:         20000,
		PutRate:        5,
		PutBurst:       60,
		Streams:        2048,
		StreamsPeer:    2,
		RequestRate:    500,
		RequestBurst:   2000,
		RequestsStream: 32,
		WatchesStream:  16,
		BytesInFlight:  64 << 20,
		BytesPeer:      MaxBytes + 1<<19,
		Conns:          1024,
		UnprovedTime:   15 * time.Second,
		MessageTime:    10 * time.Second,
		MinRate:        32 << 10,
		IdleTime:       2 * time.Minute,
	}
}

// cellOverhead is what each cell counts beyond its size, and what a tombstone
// counts: about what it takes on disk.
const cellOverhead = 128

// keepDays is Keep in whole days.
func (l *Limits) keepDays() int64 { return max(1, int64(l.Keep/(24*time.Hour))) }

// transfer is the time in which so many bytes must have gone over the network.
func (l *Limits) transfer(bytes int) time.Duration {
	return l.MessageTime + time.Duration(bytes)*time.Second/time.Duration(max(l.MinRate, 1))
}
