package evaluate

import (
	"fmt"
	"os/exec"
	"unsafe"

	"golang.org/x/sys/windows"
)

// memoryLimit is what the sandbox may use, in bytes.
const memoryLimit = 384 << 20

func confine() error { return nil }

// enclose puts a started child into a job object that limits its memory and ends it when this process ends.
func enclose(cmd *exec.Cmd) (release func(), err error) {
	box, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return nil, fmt.Errorf("creating a job object: %w", err)
	}
	release = func() { _ = windows.CloseHandle(box) }
	limits := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{ProcessMemoryLimit: 2 * memoryLimit}
	limits.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_PROCESS_MEMORY | windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
	if _, err := windows.SetInformationJobObject(box, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits))); err != nil {
		release()
		return nil, fmt.Errorf("limiting a job object: %w", err)
	}
	process, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(cmd.Process.Pid))
	if err != nil {
		release()
		return nil, fmt.Errorf("opening the child: %w", err)
	}
	defer func() { _ = windows.CloseHandle(process) }()
	if err := windows.AssignProcessToJobObject(box, process); err != nil {
		release()
		return nil, fmt.Errorf("enclosing the child: %w", err)
	}
	return release, nil
}
