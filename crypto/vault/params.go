package vault

import "time"

// Params are the costs of Argon2id (RFC 9106).
type Params struct {
	Memory  uint32 // KiB
	Time    uint32 // passes over the memory
	Threads uint8
}

// Floor has the lowest memory and time that a key file may have. It is not to
// be changed.
var Floor = Params{Memory: 64 << 10, Time: 3, Threads: 4}

// usual is where Calibrate begins.
var usual = Params{Memory: 256 << 10, Time: 3, Threads: 4}

// What a key file may ask for at most, so that an altered one cannot exhaust
// the machine.
const (
	maxMemory  = 1 << 20 // 1 GiB
	maxTime    = 16
	maxThreads = 16
)

func (p Params) valid() bool {
	return p.Memory >= Floor.Memory && p.Memory <= maxMemory &&
		p.Time >= Floor.Time && p.Time <= maxTime &&
		p.Threads >= 1 && p.Threads <= maxThreads
}

// Calibrate finds parameters that take between half a second and a second, as
// far as the limits allow. measure runs Argon2id once with the parameters it
// is given and tells how long that took. It is asked a few times at most.
func Calibrate(measure func(Params) time.Duration) Params {
	const low, high = 500 * time.Millisecond, time.Second
	p := usual
	d := measure(p)
	for d > high && p.Memory > Floor.Memory {
		p.Memory /= 2
		d = measure(p)
	}
	for d < low && p.Time < maxTime {
		// The cost is proportional to the number of passes.
		more := uint32(float64(p.Time)*float64(low)/float64(max(d, time.Millisecond))) + 1
		p.Time = min(max(more, p.Time+1), maxTime)
		d = measure(p)
	}
	return p
}
