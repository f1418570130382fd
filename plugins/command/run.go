package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// within bounds a request: by its own timeout in seconds (0 is none), and by the user's interrupt.
func (p *provider) within(ctx context.Context, seconds float64) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(p.running, cancel)
	if seconds > 0 {
		timed, cancelTimed := context.WithTimeout(ctx, time.Duration(seconds*float64(time.Second)))
		return timed, func() { stop(); cancelTimed(); cancel() }
	}
	return ctx, func() { stop(); cancel() }
}

// logger shows messages beside a resource in the user's terminal.
type logger struct {
	engine pulumirpc.EngineClient
	urn    string
}

func (l logger) send(ctx context.Context, message string, severity pulumirpc.LogSeverity, ephemeral bool) {
	if l.engine == nil {
		return
	}
	// A lost message is no reason to fail the command.
	_, _ = l.engine.Log(ctx, &pulumirpc.LogRequest{
		Severity: severity, Message: message, Urn: l.urn, Ephemeral: ephemeral,
	})
}

// notice stays in the output.
func (l logger) notice(ctx context.Context, message string) {
	l.send(ctx, message, pulumirpc.LogSeverity_INFO, false)
}

// progress is shown while the resource is worked on.
func (l logger) progress(ctx context.Context, message string) {
	l.send(ctx, message, pulumirpc.LogSeverity_INFO, true)
}

// transcript takes a command's output: whole for the state, line by line for the user.
type transcript struct {
	ctx  context.Context
	log  logger
	show bool

	mutex   sync.Mutex
	whole   bytes.Buffer
	pending []byte
}

func (t *transcript) Write(data []byte) (int, error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.whole.Write(data)
	if !t.show {
		return len(data), nil
	}
	t.pending = append(t.pending, data...)
	for {
		line, rest, found := bytes.Cut(t.pending, []byte("\n"))
		if !found {
			return len(data), nil
		}
		t.log.notice(t.ctx, string(line))
		t.pending = rest
	}
}

// String is what the official plugin keeps of an output: all of it without the last line's end.
func (t *transcript) String() string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return strings.TrimSuffix(t.whole.String(), "\n")
}

// command is one script to run somewhere.
type command struct {
	script      string
	stdin       string
	environment map[string]string
}

// executor runs a script and returns the error that describes its end.
type executor func(ctx context.Context, c command, stdout, stderr io.Writer) error

// execute runs a script and returns what it printed.
func execute(ctx context.Context, log logger, in resource.PropertyMap, c command, run executor) (resource.PropertyMap, error) {
	logging := text(in, "logging")
	if logging == "" {
		logging = "stdoutAndStderr"
	}
	stdout := &transcript{ctx: ctx, log: log, show: logging == "stdout" || logging == "stdoutAndStderr"}
	stderr := &transcript{ctx: ctx, log: log, show: logging == "stderr" || logging == "stdoutAndStderr"}
	if err := run(ctx, c, stdout, stderr); err != nil {
		if ctx.Err() != nil {
			err = fmt.Errorf("interrupted or timed out: %w", err)
		}
		return nil, fmt.Errorf("%w%s", err, tail(stdout.String(), stderr.String()))
	}
	return resource.PropertyMap{
		"stdout": resource.NewProperty(stdout.String()),
		"stderr": resource.NewProperty(stderr.String()),
	}, nil
}

// tail quotes the last lines of a failed command, its errors when it printed any.
func tail(stdout, stderr string) string {
	const most = 20
	said := stderr
	if strings.TrimSpace(said) == "" {
		said = stdout
	}
	lines := strings.Split(strings.TrimSpace(said), "\n")
	if len(lines) > most {
		lines = lines[len(lines)-most:]
	}
	if len(lines) == 1 && lines[0] == "" {
		return ""
	}
	return ":\n" + strings.Join(lines, "\n")
}

// prepare chooses the script of this step and completes its environment.
func prepare(in, old resource.PropertyMap) (command, bool) {
	script := text(in, "create")
	if old != nil && text(in, "update") != "" {
		script = text(in, "update")
	}
	return command{script: script, stdin: text(in, "stdin"), environment: environment(in, old)}, script != ""
}

// environment adds the previous run's output, unless that is switched off.
func environment(in, old resource.PropertyMap) map[string]string {
	result := map[string]string{}
	if old != nil && flag(in, "addPreviousOutputInEnv", true) {
		result["PULUMI_COMMAND_STDOUT"] = text(old, "stdout")
		result["PULUMI_COMMAND_STDERR"] = text(old, "stderr")
	}
	for key, value := range object(in, "environment") {
		if value.IsString() {
			result[string(key)] = value.StringValue()
		}
	}
	return result
}
