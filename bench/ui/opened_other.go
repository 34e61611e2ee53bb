//go:build !linux

package main

import (
	"errors"
	"time"
)

func opened(string) (<-chan time.Time, error) {
	return nil, errors.New("the window is measured on Linux")
}
