//go:build !linux

package desktop

// Other systems have their own ways, none of which is built yet.
func sessionAddress() string { return "" }
func systemAddress() string  { return "" }
