package main

import (
	"strings"
	"syscall"
	"time"

	"sotto/app/store"
)

// opened tells when the database of a profile is opened, which is the first thing
// that is done once the key is derived. It tells once.
func opened(dir string) (<-chan time.Time, error) {
	fd, err := syscall.InotifyInit1(syscall.IN_CLOEXEC)
	if err != nil {
		return nil, err
	}
	if _, err := syscall.InotifyAddWatch(fd, dir, syscall.IN_OPEN); err != nil {
		syscall.Close(fd)
		return nil, err
	}
	at := make(chan time.Time, 1)
	go func() {
		defer syscall.Close(fd)
		buf := make([]byte, 4096)
		for {
			n, err := syscall.Read(fd, buf)
			now := time.Now()
			if err != nil {
				return
			}
			for b := buf[:n]; len(b) >= syscall.SizeofInotifyEvent; {
				size := syscall.SizeofInotifyEvent + int(uint32(b[12])|uint32(b[13])<<8)
				if strings.TrimRight(string(b[syscall.SizeofInotifyEvent:size]), "\x00") == store.File {
					at <- now
					return
				}
				b = b[size:]
			}
		}
	}()
	return at, nil
}
