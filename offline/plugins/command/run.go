package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"

	"certificate-lab/plugins/internal/engine"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// variable is one variable of a command's environment.
type variable struct{ name, value string }

// command is one script to run somewhere.
type command struct {
	script string
	stdin  string
	// environment holds the user's variables, sorted by name.
	environment []variable
	// previous hands on what the resource's last run printed.
	previous []variable
}

// newCommand takes a script from the property that holds it; old is the state after the previous run, nil before the
// first.
func newCommand(in resource.PropertyMap, script resource.PropertyKey, old resource.PropertyMap) command {
	c := command{script: engine.Text(in, script), stdin: engine.Text(in, "stdin")}
	for name, value := range engine.Object(in, "environment") {
		if value.IsString() {
			c.environment = append(c.environment, variable{string(name), value.StringValue()})
		}
	}
	sort.Slice(c.environment, func(i, j int) bool { return c.environment[i].name < c.environment[j].name })
	if engine.Flag(in, "addPreviousOutputInEnv", true) {
		for _, stream := range []resource.PropertyKey{"stdout", "stderr"} {
			if said := engine.Text(old, stream); said != "" {
				c.previous = append(c.previous, variable{"PULUMI_COMMAND_" + strings.ToUpper(string(stream)), said})
			}
		}
	}
	return c
}

// executor runs a script and returns the error that describes its end.
type executor func(ctx context.Context, c command, stdout, stderr io.Writer) error

// applyCommand runs `create`, or on an update `update` when there is one. Without a script there is nothing new to say.
func applyCommand(ctx context.Context, log engine.Log, in, old resource.PropertyMap, run executor) (resource.PropertyMap, error) {
	script := resource.PropertyKey("create")
	if old != nil && in.HasValue("update") {
		script = "update"
	}
	if !in.HasValue(script) {
		return resource.PropertyMap{
			"stdout": resource.NewProperty(engine.Text(old, "stdout")),
			"stderr": resource.NewProperty(engine.Text(old, "stderr")),
		}, nil
	}
	return execute(ctx, log, in, newCommand(in, script, old), run)
}

// removeCommand runs `delete` when there is one.
func removeCommand(ctx context.Context, log engine.Log, state resource.PropertyMap, run executor) error {
	if !state.HasValue("delete") {
		return nil
	}
	_, err := execute(ctx, log, state, newCommand(state, "delete", state), run)
	return err
}

// execute runs a script and returns what it printed.
func execute(ctx context.Context, log engine.Log, in resource.PropertyMap, c command, run executor) (resource.PropertyMap, error) {
	shown := engine.Text(in, "logging")
	if shown == "" {
		shown = "stdoutAndStderr"
	}
	stdout := &transcript{ctx: ctx, log: log, show: shown == "stdout" || shown == "stdoutAndStderr"}
	stderr := &transcript{ctx: ctx, log: log, show: shown == "stderr" || shown == "stdoutAndStderr"}
	err := run(ctx, c, stdout, stderr)
	stdout.end()
	stderr.end()
	if err != nil {
		switch {
		case errors.Is(ctx.Err(), context.DeadlineExceeded):
			err = fmt.Errorf("timed out: %w", err)
		case ctx.Err() != nil:
			err = fmt.Errorf("interrupted: %w", err)
		}
		return nil, fmt.Errorf("%w%s", err, tail(stdout.String(), stderr.String()))
	}
	return resource.PropertyMap{
		"stdout": resource.NewProperty(stdout.String()),
		"stderr": resource.NewProperty(stderr.String()),
	}, nil
}

// transcript takes a command's output: whole for the state, line by line for the user.
type transcript struct {
	ctx  context.Context
	log  engine.Log
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
		t.log.Notice(t.ctx, string(line))
		t.pending = rest
	}
}

// end shows a last line that was left open.
func (t *transcript) end() {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if len(t.pending) > 0 {
		t.log.Notice(t.ctx, string(t.pending))
		t.pending = nil
	}
}

// String is what the official plugin keeps of an output: all of it without the last line's end.
func (t *transcript) String() string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return strings.TrimSuffix(t.whole.String(), "\n")
}

// tail quotes the last lines of a failed command, its errors when it printed any.
func tail(stdout, stderr string) string {
	const most = 20
	said := strings.TrimSpace(stderr)
	if said == "" {
		said = strings.TrimSpace(stdout)
	}
	if said == "" {
		return ""
	}
	lines := strings.Split(said, "\n")
	if len(lines) > most {
		lines = lines[len(lines)-most:]
	}
	return ":\n" + strings.Join(lines, "\n")
}
