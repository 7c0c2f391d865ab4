package port

import (
	"net"
	"runtime"
	"strconv"
	"testing"
)

// TestAReservedPortIsForWhoAsksForIt: another listener can have the port by its number, again and again, and nobody gets it by chance.
func TestAReservedPortIsForWhoAsksForIt(t *testing.T) {
	number, release, err := Reserve()
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(number))
	for range 2 {
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatalf("what the port is kept for cannot listen on it: %v", err)
		}
		if twice, err := net.Listen("tcp", address); err == nil {
			twice.Close()
			t.Error("two listen on one port")
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if runtime.GOOS != "linux" {
		return
	}
	for range 500 {
		other, err := free()
		if err != nil {
			t.Fatal(err)
		}
		if other == number {
			t.Fatal("the port was given to somebody else")
		}
	}
	release()
	release()
}

// TestPortsAreReservedOnce: what is reserved is not reserved again.
func TestPortsAreReservedOnce(t *testing.T) {
	seen := map[int]bool{}
	for range 200 {
		number, release, err := Reserve()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(release)
		if seen[number] && runtime.GOOS == "linux" {
			t.Fatalf("port %d twice", number)
		}
		seen[number] = true
	}
}
