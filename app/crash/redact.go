package crash

import (
	"bytes"
	"path"
	"regexp"
	"strings"
)

// causes are the beginnings of messages that the language itself makes. What
// follows them may be data; they are not.
var causes = []string{
	"invalid memory address or nil pointer dereference",
	"index out of range",
	"slice bounds out of range",
	"integer divide by zero",
	"interface conversion",
	"assignment to entry in nil map",
	"close of closed channel",
	"close of nil channel",
	"send on closed channel",
	"makeslice: len out of range",
	"makeslice: cap out of range",
	"makechan: size out of range",
	"negative shift amount",
	"hash of unhashable type",
	"comparing uncomparable type",
	"all goroutines are asleep - deadlock",
	"concurrent map writes",
	"concurrent map read and map write",
	"concurrent map iteration and map write",
	"sync: negative WaitGroup counter",
	"sync: unlock of unlocked mutex",
	"stack overflow",
	"out of memory",
	"unexpected signal during runtime execution",
	"fault",
}

var (
	// A goroutine's head. Its state is the language's; labels, which come behind
	// a comma, need not be.
	head = regexp.MustCompile(`^goroutine ([0-9]+)(?: gp=0x[0-9a-f]+)?(?: m=[^ ]+)?(?: mp=0x[0-9a-f]+)? \[([a-z ()A-Z0-9-]+)[,\]]`)
	// A function: its name, and what is left of its arguments.
	call = regexp.MustCompile(`^((?:[\w~\-]+[./])*[\w.*()\[\]·-]+)\((?:[^()]*|\{.*\})\)$`)
	// Who started a goroutine.
	origin = regexp.MustCompile(`^created by ([\w./*()\[\]·~-]+?)(?: in goroutine [0-9]+)?$`)
	// Where a function is.
	place = regexp.MustCompile(`^\t(.+\.(?:go|s|c)):([0-9]+)(?: \+0x[0-9a-f]+)?(?: fp=.*)?$`)
	// A signal's name.
	trap = regexp.MustCompile(`^\[?(?:signal )?(SIG[A-Z]+)\b`)
)

// Redact returns what may be kept of the text that the language prints when a
// program dies: the kind of fault, and for each goroutine the functions it was in,
// with file and line. Everything else is left out: messages, arguments, addresses,
// directories, registers. A line is kept because it is known, not because nothing
// bad was seen in it.
func Redact(text []byte) []byte {
	var b bytes.Buffer
	inside, function := false, "" // of a goroutine; a function that waits for its place
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\r\n")
		if m := head.FindStringSubmatch(line); m != nil {
			inside, function = true, ""
			b.WriteString("\ngoroutine " + m[1] + " [" + m[2] + "]:\n")
			continue
		}
		if !inside {
			// Before the first goroutine lie the messages, whose further lines
			// the language sets in by a tab: none of them can pass for a head.
			b.WriteString(cause(line))
			continue
		}
		switch {
		case line == "":
			inside = false
		case function != "":
			if m := place.FindStringSubmatch(line); m != nil {
				b.WriteString(function + "\n\t" + path.Base(strings.ReplaceAll(m[1], `\`, "/")) + ":" + m[2] + "\n")
			}
			function = ""
		default:
			if m := origin.FindStringSubmatch(line); m != nil {
				function = "created by " + m[1]
			} else if m := call.FindStringSubmatch(line); m != nil {
				function = m[1]
			}
		}
	}
	return b.Bytes()
}

// cause returns what may be told of a line that says why the program died.
func cause(line string) string {
	for _, kind := range []string{"panic: ", "fatal error: "} {
		message, ok := strings.CutPrefix(line, kind)
		if !ok {
			continue
		}
		// Before an error of the language its kind is named.
		message = strings.TrimPrefix(message, "runtime error: ")
		for _, c := range causes {
			if strings.HasPrefix(message, c) {
				return kind + c + "\n"
			}
		}
		return kind + "(its message is left out)\n"
	}
	if m := trap.FindStringSubmatch(line); m != nil {
		return "signal " + m[1] + "\n"
	}
	return ""
}
