package port

import (
	"os"
	"sync"
	"syscall"
)

// reserve binds a socket that never listens. With SO_REUSEADDR on both, Linux lets another socket bind and listen at the same address as
// long as no other one listens there (socket(7)); every server sets that option, to come up again at once after it was stopped. Nobody who
// asks for any port, to listen or to connect, is given one that is bound.
func reserve() (int, func(), error) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, nil, os.NewSyscallError("socket", err)
	}
	release := sync.OnceFunc(func() { _ = syscall.Close(fd) })
	if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		release()
		return 0, nil, os.NewSyscallError("setsockopt", err)
	}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		release()
		return 0, nil, os.NewSyscallError("bind", err)
	}
	at, err := syscall.Getsockname(fd)
	if err != nil {
		release()
		return 0, nil, os.NewSyscallError("getsockname", err)
	}
	return at.(*syscall.SockaddrInet4).Port, release, nil
}
