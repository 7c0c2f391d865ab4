//go:build unix

package launch

import (
	"os/exec"
	"syscall"
)

// group gives the process a group of its own: what it starts, such as workerd, ends with it.
func group(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func interrupt(cmd *exec.Cmd) { _ = cmd.Process.Signal(syscall.SIGTERM) }

// kill ends all that is left of the group. A group without processes is no error that matters.
func kill(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
