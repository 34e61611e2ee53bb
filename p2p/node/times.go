package node

import "time"

// times are the durations the node works by. Tests shorten some of them.
type times struct {
	open    time.Duration // for agreeing on a session stream that was opened
	idle    time.Duration // without a word from the peer until it is asked for a sign of life
	hurry   time.Duration // the same once something was sent that it has not reacted to
	dead    time.Duration // without an answer to that until the session is given up
	doubt   time.Duration // the same if there is reason to doubt that it lives
	busy    time.Duration // between signs of life of a peer whose handler does not keep up
	write   time.Duration // for writing one cell
	enqueue time.Duration // for a full queue to get a free place
	beat    time.Duration // between looks at all sessions
	watch   time.Duration // between looks at the interfaces and the clocks
	settled time.Duration // of a session after which its loss is followed by a dial at once
	dial    time.Duration // for one attempt to open a session
	first   time.Duration // the first pause between attempts
	longest time.Duration // the longest pause
	request time.Duration // for one exchange of the invite protocol
	close   time.Duration // for Close
}

var defaultTimes = times{
	open:    5 * time.Second,
	idle:    15 * time.Second,
	hurry:   time.Second,
	dead:    8 * time.Second,
	doubt:   3 * time.Second,
	busy:    3 * time.Second,
	write:   60 * time.Second,
	enqueue: 5 * time.Second,
	beat:    500 * time.Millisecond,
	watch:   2 * time.Second,
	settled: 10 * time.Second,
	dial:    20 * time.Second,
	first:   time.Second,
	longest: 2 * time.Minute,
	request: 10 * time.Second,
	close:   3 * time.Second,
}
