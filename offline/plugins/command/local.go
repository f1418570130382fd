package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"certificate-lab/plugins/internal/engine"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// localCommand is command:local:Command: a script on this machine.
type localCommand struct{}

func (localCommand) validate(in resource.PropertyMap) map[string]string {
	failures := map[string]string{}
	for _, key := range []resource.PropertyKey{"assetPaths", "archivePaths"} {
		if in.HasValue(key) {
			failures[string(key)] = "the lab's own command plugin does not collect files"
		}
	}
	return failures
}

func (localCommand) apply(ctx context.Context, log engine.Log, in, old resource.PropertyMap) (resource.PropertyMap, error) {
	return applyCommand(ctx, log, in, old, runLocally(in))
}

func (localCommand) remove(ctx context.Context, log engine.Log, state resource.PropertyMap) error {
	return removeCommand(ctx, log, state, runLocally(state))
}

// runLocally runs scripts with the resource's interpreter and directory; the default is /bin/sh -c, here.
func runLocally(in resource.PropertyMap) executor {
	interpreter := engine.List(in, "interpreter")
	if len(interpreter) == 0 {
		interpreter = []string{"/bin/sh", "-c"}
	}
	return func(ctx context.Context, c command, stdout, stderr io.Writer) error {
		arguments := append(append([]string{}, interpreter[1:]...), c.script)
		process := exec.CommandContext(ctx, interpreter[0], arguments...)
		process.Dir = engine.Text(in, "dir")
		process.Env = os.Environ()
		for _, v := range append(c.environment, c.previous...) {
			process.Env = append(process.Env, v.name+"="+v.value)
		}
		process.Stdin = strings.NewReader(c.stdin)
		process.Stdout, process.Stderr = stdout, stderr
		// The script's children go with it.
		process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		process.Cancel = func() error { return syscall.Kill(-process.Process.Pid, syscall.SIGTERM) }
		process.WaitDelay = 10 * time.Second
		if err := process.Run(); err != nil {
			return fmt.Errorf("the local command failed: %w", err)
		}
		return nil
	}
}
