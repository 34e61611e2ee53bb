//go:build !linux

package serve

// Neither is known here.
func resident() int64               { return 0 }
func diskFree(string) (int64, bool) { return 0, false }
