package uitest

import (
	"context"
	"testing"
)

func TestGuard(t *testing.T) {
	g := Guard(New("Me"))
	elsewhere := make(chan error)
	go func() {
		_, err := g.Conversations(context.Background())
		elsewhere <- err
	}()
	if err := <-elsewhere; err != nil {
		t.Fatal(err)
	}
	defer func() {
		if recover() == nil {
			t.Error("a call on the window's goroutine is let through")
		}
	}()
	g.Conversations(context.Background())
}
