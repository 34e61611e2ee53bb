package mailbox

// A place is where a cell lies, and the key of its row: the queue's number in
// 23 bits, the day on which it came in 16, and in 24 bits how many cells came
// into that queue before it on that day. So a queue's cells lie side by side in
// their order, and nothing on the disk says in which order cells came into
// different queues.
//
// What clients see of it, without the queue, is the cell's number. It grows even
// if everything before was deleted, since tombstones stay for as long as cells
// do and the day never goes back.
type place int64

const (
	dayBits, countBits = 16, 24
	numberBits         = dayBits + countBits
	maxQueueNumber     = 1 << (63 - numberBits)
	maxDay             = 1<<dayBits - 1
)

// first is the first place of a queue; those of the next begin where it ends.
func first(queue int64) place { return place(queue << numberBits) }

func placeOf(queue int64, number uint64) place { return first(queue) | place(number) }

// firstOf is the number of the first cell that comes on a day.
func firstOf(day int64) uint64 { return uint64(min(day, maxDay)) << countBits }

func (p place) number() uint64 { return uint64(p) & (1<<numberBits - 1) }
