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

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// localCommand is command:local:Command: a script on this machine.
type localCommand struct{}

func (localCommand) validate(resource.PropertyMap) map[string]string { return nil }

func (localCommand) apply(ctx context.Context, log logger, in, old resource.PropertyMap) (resource.PropertyMap, error) {
	c, any := prepare(in, old)
	if !any {
		return resource.PropertyMap{"stdout": resource.NewProperty(""), "stderr": resource.NewProperty("")}, nil
	}
	return execute(ctx, log, in, c, localExecutor(in))
}

func (localCommand) remove(ctx context.Context, log logger, state resource.PropertyMap) error {
	script := text(state, "delete")
	if script == "" {
		return nil
	}
	c := command{script: script, stdin: text(state, "stdin"), environment: environment(state, state)}
	_, err := execute(ctx, log, state, c, localExecutor(state))
	return err
}

// localExecutor runs scripts with the resource's interpreter and directory; the default is /bin/sh -c, here.
func localExecutor(in resource.PropertyMap) executor {
	interpreter := list(in, "interpreter")
	if len(interpreter) == 0 {
		interpreter = []string{"/bin/sh", "-c"}
	}
	return func(ctx context.Context, c command, stdout, stderr io.Writer) error {
		arguments := append(append([]string{}, interpreter[1:]...), c.script)
		process := exec.CommandContext(ctx, interpreter[0], arguments...)
		process.Dir = text(in, "dir")
		process.Env = os.Environ()
		for key, value := range c.environment {
			process.Env = append(process.Env, key+"="+value)
		}
		process.Stdin = strings.NewReader(c.stdin)
		process.Stdout, process.Stderr = stdout, stderr
		// The script's children go with it.
		process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		process.Cancel = func() error { return syscall.Kill(-process.Process.Pid, syscall.SIGTERM) }
		process.WaitDelay = 10 * time.Second
		if err := process.Run(); err != nil {
			return fmt.Errorf("local command failed, %w", err)
		}
		return nil
	}
}
