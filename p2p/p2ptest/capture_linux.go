package p2ptest

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"os"
	"runtime"
	"sync"

	"golang.org/x/sys/unix"
)

// A Capture holds all frames that crossed a network since it was started.
type Capture struct {
	fd   int
	stop int // writing to it ends the reader
	wg   sync.WaitGroup

	mu     sync.Mutex
	frames [][]byte
}

// Capture starts capturing on the bridge, and so everything that any computer
// sends. It ends with the test.
func (n *Network) Capture() *Capture {
	n.t.Helper()
	fd, err := packetSocket("/var/run/netns/" + n.hub)
	if err != nil {
		n.t.Fatal(err)
	}
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
		unix.Close(fd)
		n.t.Fatal(err)
	}
	c := &Capture{fd: fd, stop: pipe[1]}
	c.wg.Add(1)
	go c.read(pipe[0])
	n.t.Cleanup(func() {
		unix.Close(c.stop)
		c.wg.Wait()
		unix.Close(pipe[0])
		unix.Close(fd)
	})
	return c
}

// packetSocket opens a socket for all frames of all interfaces of a network
// namespace. A socket stays in the namespace of the thread that opened it.
func packetSocket(namespace string) (fd int, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		var f *os.File
		if f, err = os.Open(namespace); err != nil {
			return
		}
		defer f.Close()
		if err = unix.Setns(int(f.Fd()), unix.CLONE_NEWNET); err != nil {
			return
		}
		all := binary.NativeEndian.Uint16([]byte{unix.ETH_P_ALL >> 8, unix.ETH_P_ALL & 0xff})
		if fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, int(all)); err != nil {
			return
		}
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 64<<20)
	}()
	<-done
	return fd, err
}

func (c *Capture) read(stop int) {
	defer c.wg.Done()
	buf := make([]byte, 1<<17)
	for {
		fds := []unix.PollFd{{Fd: int32(c.fd), Events: unix.POLLIN}, {Fd: int32(stop), Events: unix.POLLIN}}
		if _, err := unix.Poll(fds, -1); err != nil && err != unix.EINTR {
			return
		}
		if fds[1].Revents != 0 {
			return
		}
		for {
			n, _, err := unix.Recvfrom(c.fd, buf, 0)
			if err != nil {
				break
			}
			c.mu.Lock()
			c.frames = append(c.frames, bytes.Clone(buf[:n]))
			c.mu.Unlock()
		}
	}
}

// Contains reports whether any frame contains the bytes.
func (c *Capture) Contains(b []byte) bool {
	for _, f := range c.Frames() {
		if bytes.Contains(f, b) {
			return true
		}
	}
	return false
}

// Frames returns all Ethernet frames so far. A frame can be there several
// times: once for each interface it crossed.
func (c *Capture) Frames() [][]byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([][]byte(nil), c.frames...)
}

// A Packet is a TCP or UDP packet.
type Packet struct {
	From, To netip.AddrPort
	UDP      bool
}

// Packets returns the TCP and UDP packets among the frames.
func (c *Capture) Packets() []Packet {
	var list []Packet
	for _, f := range c.Frames() {
		if p, ok := parsePacket(f); ok {
			list = append(list, p)
		}
	}
	return list
}

func parsePacket(f []byte) (p Packet, ok bool) {
	if len(f) < 14 {
		return p, false
	}
	var from, to netip.Addr
	var proto byte
	ip := f[14:]
	switch binary.BigEndian.Uint16(f[12:]) {
	case unix.ETH_P_IP:
		if len(ip) < 20 {
			return p, false
		}
		from, to = netip.AddrFrom4([4]byte(ip[12:16])), netip.AddrFrom4([4]byte(ip[16:20]))
		proto = ip[9]
		ip = ip[min(len(ip), int(ip[0]&15)*4):]
	case unix.ETH_P_IPV6:
		if len(ip) < 40 {
			return p, false
		}
		from, to = netip.AddrFrom16([16]byte(ip[8:24])), netip.AddrFrom16([16]byte(ip[24:40]))
		proto = ip[6]
		ip = ip[40:]
	default:
		return p, false
	}
	if proto != unix.IPPROTO_UDP && proto != unix.IPPROTO_TCP || len(ip) < 4 {
		return p, false
	}
	p.UDP = proto == unix.IPPROTO_UDP
	p.From = netip.AddrPortFrom(from, binary.BigEndian.Uint16(ip))
	p.To = netip.AddrPortFrom(to, binary.BigEndian.Uint16(ip[2:]))
	return p, true
}
