package up

import (
	"net"
	"testing"
)

func TestFreePort(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	if got, err := freePort(port); err != nil || got == port || got == 0 {
		t.Errorf("freePort of a taken one: %d, %v", got, err)
	}
	if err := taken.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := freePort(port); err != nil || got != port {
		t.Errorf("freePort(%d): %d, %v", port, got, err)
	}
}
