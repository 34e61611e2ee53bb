package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// size is a number of bytes on the command line, such as 500MB or 1GiB.
type size int64

var units = map[string]float64{
	"": 1, "b": 1,
	"kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12,
	"k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40,
	"kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40,
}

// UnmarshalText reads a size.
func (s *size) UnmarshalText(text []byte) error {
	rest := strings.TrimLeft(string(text), "0123456789.")
	n, err := strconv.ParseFloat(string(text[:len(text)-len(rest)]), 64)
	unit, ok := units[strings.ToLower(strings.TrimSpace(rest))]
	if n *= unit; err != nil || !ok || n > 1<<60 {
		return fmt.Errorf("%q is not a size such as 1GiB", text)
	}
	*s = size(n)
	return nil
}

// String says a size in the largest unit of which it has one.
func (s size) String() string {
	n, names := float64(s), []string{"B", "KiB", "MiB", "GiB", "TiB"}
	i := 0
	for ; n >= 1024 && i < len(names)-1; i++ {
		n /= 1024
	}
	return strconv.FormatFloat(math.Round(n*10)/10, 'f', -1, 64) + " " + names[i]
}
