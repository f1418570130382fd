package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"golang.org/x/crypto/ssh"
)

// remoteCommand is command:remote:Command: a script on another machine, over SSH.
type remoteCommand struct{}

func (remoteCommand) validate(in resource.PropertyMap) map[string]string {
	return validateConnection(in)
}

func (remoteCommand) apply(ctx context.Context, log logger, in, old resource.PropertyMap) (resource.PropertyMap, error) {
	c, any := prepare(in, old)
	if !any {
		return resource.PropertyMap{"stdout": resource.NewProperty(""), "stderr": resource.NewProperty("")}, nil
	}
	return execute(ctx, log, in, c, remoteExecutor(in, log))
}

func (remoteCommand) remove(ctx context.Context, log logger, state resource.PropertyMap) error {
	script := text(state, "delete")
	if script == "" {
		return nil
	}
	c := command{script: script, stdin: text(state, "stdin"), environment: environment(state, state)}
	_, err := execute(ctx, log, state, c, remoteExecutor(state, log))
	return err
}

func remoteExecutor(in resource.PropertyMap, log logger) executor {
	return func(ctx context.Context, c command, stdout, stderr io.Writer) error {
		target := newEndpoint(object(in, "connection"))
		client, err := dial(ctx, log, target)
		if err != nil {
			return err
		}
		defer client.Close()
		return runSession(ctx, client, target.name(), c, stdout, stderr)
	}
}

// runSession runs one script in a session of its own, ended when ctx is.
func runSession(ctx context.Context, client *ssh.Client, name string, c command, stdout, stderr io.Writer) error {
	session, err := client.NewSession()
	if err != nil {
		return fmt.Errorf("%s: no session: %w", name, err)
	}
	defer session.Close()
	if err := setEnvironment(session, name, c.environment); err != nil {
		return err
	}
	session.Stdin = strings.NewReader(c.stdin)
	session.Stdout, session.Stderr = stdout, stderr
	stop := context.AfterFunc(ctx, func() {
		_ = session.Signal(ssh.SIGTERM)
		_ = client.Close()
	})
	defer stop()
	if err := session.Run(c.script); err != nil {
		var exit *ssh.ExitError
		if errors.As(err, &exit) {
			return fmt.Errorf("%s: remote command failed with exit status %d", name, exit.ExitStatus())
		}
		return fmt.Errorf("%s: remote command failed: %w", name, err)
	}
	return nil
}

// setEnvironment asks the server to set variables. sshd takes only those that its AcceptEnv names (sshd_config(5));
// a user's own that it refuses are an error, the previous output is passed where the server lets it.
func setEnvironment(session *ssh.Session, name string, environment map[string]string) error {
	keys := make([]string, 0, len(environment))
	for key := range environment {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	for _, key := range keys {
		if err := session.Setenv(key, environment[key]); err != nil && !strings.HasPrefix(key, "PULUMI_COMMAND_") {
			return fmt.Errorf("%s: the SSH server refuses the environment variable %s; allow it with AcceptEnv in its "+
				"sshd_config, or put the value into the command: %w", name, key, err)
		}
	}
	return nil
}
