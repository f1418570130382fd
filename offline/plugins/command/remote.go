package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"certificate-lab/plugins/internal/engine"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"golang.org/x/crypto/ssh"
)

// remoteCommand is command:remote:Command: a script on another machine, over SSH.
type remoteCommand struct{}

func (remoteCommand) validate(in resource.PropertyMap) map[string]string {
	return validateConnection(in)
}

func (remoteCommand) apply(ctx context.Context, log engine.Log, in, old resource.PropertyMap) (resource.PropertyMap, error) {
	return applyCommand(ctx, log, in, old, runRemotely(in, log))
}

func (remoteCommand) remove(ctx context.Context, log engine.Log, state resource.PropertyMap) error {
	return removeCommand(ctx, log, state, runRemotely(state, log))
}

// runRemotely runs scripts with the login shell of the connection's user.
func runRemotely(in resource.PropertyMap, log engine.Log) executor {
	return func(ctx context.Context, c command, stdout, stderr io.Writer) error {
		target := newEndpoint(engine.Object(in, "connection"))
		client, err := dial(ctx, log, target)
		if err != nil {
			return err
		}
		defer client.Close()
		if err := runSession(ctx, log, client, c, stdout, stderr); err != nil {
			return fmt.Errorf("%s: %w", target.name(), err)
		}
		return nil
	}
}

// runSession runs one script in a session of its own, ended when ctx is.
func runSession(ctx context.Context, log engine.Log, client *ssh.Client, c command, stdout, stderr io.Writer) error {
	session, err := client.NewSession()
	if err != nil {
		return fmt.Errorf("no session: %w", err)
	}
	defer session.Close()
	if err := setEnvironment(ctx, log, session, c); err != nil {
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
		if errors.As(err, &exit) && exit.Signal() == "" {
			return fmt.Errorf("the remote command failed with exit status %d", exit.ExitStatus())
		}
		return fmt.Errorf("the remote command failed: %w", err)
	}
	return nil
}

// setEnvironment asks the server to set variables. sshd takes only those that its AcceptEnv names (sshd_config(5)):
// a user's own that it refuses are an error, the previous output is passed where the server lets it.
func setEnvironment(ctx context.Context, log engine.Log, session *ssh.Session, c command) error {
	const advice = "the SSH server refuses the environment variable %s; allow it with AcceptEnv in its sshd_config, " +
		"or put the value into the command"
	for _, v := range c.environment {
		if err := session.Setenv(v.name, v.value); err != nil {
			return fmt.Errorf(advice+": %w", v.name, err)
		}
	}
	for _, v := range c.previous {
		if err := session.Setenv(v.name, v.value); err != nil {
			log.Progress(ctx, fmt.Sprintf(advice, v.name))
		}
	}
	return nil
}
