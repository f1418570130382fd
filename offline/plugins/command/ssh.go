package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"certificate-lab/plugins/internal/engine"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// Between two attempts, as a machine boots.
const retryDelay = 2 * time.Second

var errHostKey = errors.New("the host key is not the pinned one")

// finalError is what another attempt would not heal.
type finalError struct{ error }

func (e finalError) Unwrap() error { return e.error }

// endpoint is one SSH server and how to log in to it.
type endpoint struct {
	properties resource.PropertyMap
	proxy      *endpoint
}

func newEndpoint(connection resource.PropertyMap) endpoint {
	e := endpoint{properties: connection}
	if through := engine.Object(connection, "proxy"); len(through) > 0 {
		e.proxy = &endpoint{properties: through}
	}
	return e
}

func (e endpoint) user() string {
	if user := engine.Text(e.properties, "user"); user != "" {
		return user
	}
	return "root"
}

func (e endpoint) address() string {
	port := int(engine.Number(e.properties, "port", 22))
	return net.JoinHostPort(engine.Text(e.properties, "host"), strconv.Itoa(port))
}

func (e endpoint) name() string { return e.user() + "@" + e.address() }

// validateConnection returns one message a mistake, by property.
func validateConnection(in resource.PropertyMap) map[string]string {
	failures := map[string]string{}
	connection := engine.OpenValue(in["connection"])
	switch {
	case connection.IsComputed():
	case !connection.IsObject():
		failures["connection"] = "a connection is required"
	case !connection.ObjectValue().HasValue("host"):
		failures["connection.host"] = "a host is required"
	}
	return failures
}

// clientConfig offers the key, then the password, then the agent; it pins the host key when one is given. release
// ends what logging in takes, and is to be called afterwards.
func (e endpoint) clientConfig() (config *ssh.ClientConfig, release func(), err error) {
	release = func() {}
	config = &ssh.ClientConfig{User: e.user(), HostKeyCallback: ssh.InsecureIgnoreHostKey()}
	if pinned := engine.Text(e.properties, "hostKey"); pinned != "" {
		key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(pinned))
		if err != nil {
			return nil, nil, fmt.Errorf("%s: hostKey is no public key in OpenSSH's format: %w", e.name(), err)
		}
		pin(config, key)
	}
	if pem := engine.Text(e.properties, "privateKey"); pem != "" {
		signer, err := parseKey(pem, engine.Text(e.properties, "privateKeyPassword"))
		if err != nil {
			return nil, nil, fmt.Errorf("%s: privateKey can't be used: %w", e.name(), err)
		}
		config.Auth = append(config.Auth, ssh.PublicKeys(signer))
	}
	if password := engine.Text(e.properties, "password"); password != "" {
		config.Auth = append(config.Auth, ssh.Password(password), ssh.KeyboardInteractive(
			func(_, _ string, questions []string, _ []bool) ([]string, error) {
				answers := make([]string, len(questions))
				for i := range answers {
					answers[i] = password
				}
				return answers, nil
			}))
	}
	socket := engine.Text(e.properties, "agentSocketPath")
	if socket == "" && len(config.Auth) == 0 {
		socket = os.Getenv("SSH_AUTH_SOCK")
	}
	if socket != "" {
		connection, err := net.Dial("unix", socket)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: the SSH agent at %s does not answer: %w", e.name(), socket, err)
		}
		release = func() { _ = connection.Close() }
		config.Auth = append(config.Auth, ssh.PublicKeysCallback(agent.NewClient(connection).Signers))
	}
	return config, release, nil
}

// pin accepts one host key and asks the server for it. An RSA key signs by SHA-2 (RFC 8332); "ssh-rsa" would name
// SHA-1, which OpenSSH refuses since 8.8.
func pin(config *ssh.ClientConfig, key ssh.PublicKey) {
	config.HostKeyAlgorithms = []string{key.Type()}
	if key.Type() == ssh.KeyAlgoRSA {
		config.HostKeyAlgorithms = []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
	}
	config.HostKeyCallback = func(_ string, _ net.Addr, offered ssh.PublicKey) error {
		if !bytes.Equal(offered.Marshal(), key.Marshal()) {
			return fmt.Errorf("%w: got %s, expected %s", errHostKey,
				ssh.FingerprintSHA256(offered), ssh.FingerprintSHA256(key))
		}
		return nil
	}
}

func parseKey(pem, passphrase string) (ssh.Signer, error) {
	if passphrase != "" {
		return ssh.ParsePrivateKeyWithPassphrase([]byte(pem), []byte(passphrase))
	}
	return ssh.ParsePrivateKey([]byte(pem))
}

// dial connects, through the proxy when there is one, and tries again while the machine is not up:
// up to dialErrorLimit failures (default 10, -1 is unlimited) of at most perDialTimeout seconds each
// (default 15, 0 is unlimited). The proxy has its own limits. A wrong host key or an unusable setting is final.
func dial(ctx context.Context, log engine.Log, e endpoint) (*ssh.Client, error) {
	config, release, err := e.clientConfig()
	if err != nil {
		return nil, finalError{err}
	}
	defer release()
	limit := int(engine.Number(e.properties, "dialErrorLimit", 10))
	timeout := seconds(engine.Number(e.properties, "perDialTimeout", 15))
	for failures := 1; ; failures++ {
		client, err := dialOnce(ctx, log, e, config, timeout)
		if err == nil {
			return client, nil
		}
		var final finalError
		if errors.As(err, &final) || errors.Is(err, errHostKey) || ctx.Err() != nil || limit >= 0 && failures >= limit {
			return nil, fmt.Errorf("%s: no connection after %d attempts: %w", e.name(), failures, err)
		}
		log.Progress(ctx, fmt.Sprintf("Waiting for SSH at %s (attempt %d): %v", e.address(), failures, err))
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%s: no connection after %d attempts: %w", e.name(), failures, err)
		case <-time.After(retryDelay):
		}
	}
}

func dialOnce(ctx context.Context, log engine.Log, e endpoint, config *ssh.ClientConfig, timeout time.Duration) (*ssh.Client, error) {
	connect := (&net.Dialer{}).DialContext
	if e.proxy != nil {
		through, err := dial(ctx, log, *e.proxy)
		if err != nil {
			return nil, finalError{fmt.Errorf("proxy: %w", err)}
		}
		connect = func(ctx context.Context, network, address string) (net.Conn, error) {
			connection, err := through.DialContext(ctx, network, address)
			if err != nil {
				through.Close()
				return nil, err
			}
			return tunnel{connection, through}, nil
		}
	}
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	raw, err := connect(ctx, "tcp", e.address())
	if err != nil {
		return nil, err
	}
	// The handshake knows no context: closing the connection ends it.
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() })
	connection, channels, requests, err := ssh.NewClientConn(raw, e.address(), config)
	if err != nil {
		stop()
		raw.Close()
		return nil, errors.Join(err, ctx.Err())
	}
	if !stop() {
		connection.Close()
		return nil, ctx.Err()
	}
	return ssh.NewClient(connection, channels, requests), nil
}

// tunnel is a connection through a proxy; closing it closes the proxy's too.
type tunnel struct {
	net.Conn
	through *ssh.Client
}

func (t tunnel) Close() error {
	return errors.Join(t.Conn.Close(), t.through.Close())
}
