// Package port finds a free TCP port of 127.0.0.1 for a process that is about to be started, and keeps it for that process.
//
// Who asks the system for a free port, lets go of it and starts a process has nothing in between: the system may give the port to
// anybody else, whose answers would then be taken for those of the process. The words of the process about the port that it has found
// itself are no way out: every runtime and server says it differently, or not at all.
package port

import (
	"fmt"
	"net"
)

// Reserve returns a port of 127.0.0.1 that the system gives to nobody who asks for any port, until release is called. A process that asks
// for this port can listen on it before and after; release is called when it does, or when it has ended, and does nothing the second time.
// Only Linux can keep a port so: elsewhere it is free now, and release does nothing.
func Reserve() (number int, release func(), err error) {
	number, release, err = reserve()
	if err != nil {
		return 0, nil, fmt.Errorf("find a free port: %w", err)
	}
	return number, release, nil
}

// free is a port that is free now.
func free() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	number := l.Addr().(*net.TCPAddr).Port
	return number, l.Close()
}
