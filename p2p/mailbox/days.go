package mailbox

import "time"

// A mailbox counts the days by which cells expire itself, because clocks are
// wrong: one that jumps forty days ahead must not destroy what has come
// yesterday. Its count grows by one, never more, when the date is later than the
// one on which it last grew, and within a run not before dayAtLeast has passed
// on a clock that nobody can set. So a cell is kept for as many days as the
// mailbox has itself seen pass. One that is switched off for a month has seen
// one, and then keeps cells for longer.
//
// A date that is earlier than the last one may be a computer without a battery
// for its clock, shortly after it was switched on. If it stays so for
// backAtLeast, the last date was wrong.
type days struct {
	day  int64 // the mailbox's own count
	date int64 // on which it grew last, in days since 1970

	grew  time.Duration // when it grew in this run, by the clock that is never set
	has   bool          // it did
	back  time.Duration // since when the date has been earlier than date
	again bool          // it has been
}

const (
	dayAtLeast  = 20 * time.Hour
	backAtLeast = time.Hour
)

// dateOf returns the days since 1970.
func dateOf(t time.Time) int64 { return max(0, t.Unix()/86400) }

// look is told the date, and how long the mailbox has been running. It reports
// whether anything has changed that is to be kept.
func (d *days) look(date int64, running time.Duration) (changed bool) {
	if date >= d.date {
		d.again = false
	}
	switch {
	case date > d.date && (!d.has || running-d.grew >= dayAtLeast):
		d.day++
		d.date, d.grew, d.has = date, running, true
		return true
	case date < d.date && !d.again:
		d.back, d.again = running, true
	case date < d.date && running-d.back >= backAtLeast:
		d.date, d.again = date, false
		return true
	}
	return false
}
