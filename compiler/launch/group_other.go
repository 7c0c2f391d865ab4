//go:build !unix

package launch

import "os/exec"

func group(*exec.Cmd) {}

// interrupt ends the process: there is no signal to ask it with.
func interrupt(cmd *exec.Cmd) { _ = cmd.Process.Kill() }

func kill(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
