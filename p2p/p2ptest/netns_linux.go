package p2ptest

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
)

// A Network is a bridge in a network namespace of its own, to which computers
// are joined. There is no other way out of it: no default route, no DNS.
type Network struct {
	t     testing.TB
	hub   string
	Hosts []*Host
}

// A Host is a computer in a network namespace, with one interface called eth0.
type Host struct {
	Addr string // its IPv4 address
	ns   string
	net  *Network
	n    int
}

var networks atomic.Int32

// NewNetwork makes a network of n computers, with the addresses 10.11.0.1 and
// so on in a /24, and IPv6 link-local ones. It is removed at the end of the
// test. It skips the test if it may not make namespaces.
func NewNetwork(t testing.TB, n int) *Network {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("skipped: making network namespaces needs root")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("skipped: the ip command (Debian package iproute2) is not installed")
	}
	name := fmt.Sprintf("sotto-%d-%d", os.Getpid(), networks.Add(1))
	net := &Network{t: t, hub: name + "-hub"}
	if out, err := exec.Command("ip", "netns", "add", net.hub).CombinedOutput(); err != nil {
		t.Skipf("skipped: this system does not allow network namespaces: %s", out)
	}
	t.Cleanup(func() { exec.Command("ip", "netns", "del", net.hub).Run() })
	net.ip("-n", net.hub, "link", "add", "br0", "type", "bridge", "mcast_snooping", "0")
	net.ip("-n", net.hub, "link", "set", "br0", "up")
	for i := 1; i <= n; i++ {
		h := &Host{Addr: fmt.Sprintf("10.11.0.%d", i), ns: fmt.Sprintf("%s-%d", name, i), net: net, n: i}
		net.ip("netns", "add", h.ns)
		t.Cleanup(func() { exec.Command("ip", "netns", "del", h.ns).Run() })
		port := fmt.Sprintf("port%d", i)
		net.ip("-n", net.hub, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", h.ns)
		net.ip("-n", net.hub, "link", "set", port, "master", "br0", "up")
		// Without duplicate address detection addresses can be used at once.
		h.set("net/ipv6/conf/all/accept_dad", "0")
		h.set("net/ipv6/conf/eth0/accept_dad", "0")
		net.ip("-n", h.ns, "link", "set", "lo", "up")
		net.ip("-n", h.ns, "addr", "add", h.Addr+"/24", "dev", "eth0")
		net.ip("-n", h.ns, "link", "set", "eth0", "up")
		net.Hosts = append(net.Hosts, h)
	}
	return net
}

// ip runs the ip command and fails the test if it fails.
func (n *Network) ip(args ...string) {
	n.t.Helper()
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		n.t.Fatalf("ip %s: %v: %s", strings.Join(args, " "), err, out)
	}
}

// Command returns a command that will run on the computer.
func (h *Host) Command(name string, args ...string) *exec.Cmd {
	return exec.Command("ip", append([]string{"netns", "exec", h.ns, name}, args...)...)
}

// Run runs a command on the computer and fails the test if it fails.
func (h *Host) Run(name string, args ...string) {
	h.net.t.Helper()
	if out, err := h.Command(name, args...).CombinedOutput(); err != nil {
		h.net.t.Fatalf("%s %s: %v: %s", name, strings.Join(args, " "), err, out)
	}
}

// Readdress gives the computer another IPv4 address instead of the one it has.
func (h *Host) Readdress(addr string) {
	h.net.t.Helper()
	h.net.ip("-n", h.ns, "addr", "del", h.Addr+"/24", "dev", "eth0")
	h.net.ip("-n", h.ns, "addr", "add", addr+"/24", "dev", "eth0")
	h.Addr = addr
}

// WithoutIPv6 switches IPv6 off on the computer.
func (h *Host) WithoutIPv6() {
	h.net.t.Helper()
	h.set("net/ipv6/conf/all/disable_ipv6", "1")
	h.set("net/ipv6/conf/default/disable_ipv6", "1")
}

// set writes a kernel setting of the computer, if the kernel has it.
func (h *Host) set(name, value string) {
	h.net.t.Helper()
	h.Run("sh", "-c", `[ ! -e "/proc/sys/$1" ] || echo "$2" > "/proc/sys/$1"`, "sh", name, value)
}

// Unplug takes the computer off the network, Plug puts it back. The computer
// sees no difference at its interface, as behind a switch that failed.
func (h *Host) Unplug() {
	h.net.ip("-n", h.net.hub, "link", "set", fmt.Sprintf("port%d", h.n), "nomaster")
}

// Plug ends what Unplug began.
func (h *Host) Plug() {
	h.net.ip("-n", h.net.hub, "link", "set", fmt.Sprintf("port%d", h.n), "master", "br0")
}
