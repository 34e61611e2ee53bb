//go:build !unix

package main

import "time"

var begun = time.Now()

// processorTime is the time of day where there is no better: other work on the
// machine counts.
func processorTime() time.Duration { return time.Since(begun) }
