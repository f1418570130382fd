package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// Between two attempts, as a machine boots.
const retryDelay = 2 * time.Second

var errHostKey = errors.New("the host key is not the pinned one")

// endpoint is one SSH server and how to log in to it.
type endpoint struct {
	properties resource.PropertyMap
	proxy      *endpoint
}

func newEndpoint(connection resource.PropertyMap) endpoint {
	e := endpoint{properties: connection}
	if through := object(connection, "proxy"); len(through) > 0 {
		e.proxy = &endpoint{properties: through}
	}
	return e
}

func (e endpoint) user() string {
	if user := text(e.properties, "user"); user != "" {
		return user
	}
	return "root"
}

func (e endpoint) address() string {
	port := int(number(e.properties, "port", 22))
	return net.JoinHostPort(text(e.properties, "host"), strconv.Itoa(port))
}

func (e endpoint) name() string { return e.user() + "@" + e.address() }

func validateConnection(in resource.PropertyMap) map[string]string {
	connection := in["connection"]
	if openValue(connection).IsObject() {
		if v := openValue(object(in, "connection")["host"]); v.IsNull() {
			return map[string]string{"connection.host": "a host is required"}
		}
		return nil
	}
	if openValue(connection).IsComputed() {
		return nil
	}
	return map[string]string{"connection": "a connection is required"}
}

// clientConfig offers the key, then the password, then the agent; it pins the host key when one is given.
func (e endpoint) clientConfig() (*ssh.ClientConfig, error) {
	config := &ssh.ClientConfig{User: e.user(), HostKeyCallback: ssh.InsecureIgnoreHostKey()}
	if pinned := text(e.properties, "hostKey"); pinned != "" {
		key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(pinned))
		if err != nil {
			return nil, fmt.Errorf("%s: hostKey is no public key in OpenSSH's format: %w", e.name(), err)
		}
		config.HostKeyAlgorithms = []string{key.Type()}
		config.HostKeyCallback = func(_ string, _ net.Addr, offered ssh.PublicKey) error {
			if !bytes.Equal(offered.Marshal(), key.Marshal()) {
				return fmt.Errorf("%w: got %s, expected %s", errHostKey,
					ssh.FingerprintSHA256(offered), ssh.FingerprintSHA256(key))
			}
			return nil
		}
	}
	if pem := text(e.properties, "privateKey"); pem != "" {
		signer, err := parseKey(pem, text(e.properties, "privateKeyPassword"))
		if err != nil {
			return nil, fmt.Errorf("%s: privateKey can't be used: %w", e.name(), err)
		}
		config.Auth = append(config.Auth, ssh.PublicKeys(signer))
	}
	if password := text(e.properties, "password"); password != "" {
		config.Auth = append(config.Auth, ssh.Password(password), ssh.KeyboardInteractive(
			func(_, _ string, questions []string, _ []bool) ([]string, error) {
				answers := make([]string, len(questions))
				for i := range answers {
					answers[i] = password
				}
				return answers, nil
			}))
	}
	if socket := text(e.properties, "agentSocketPath"); socket != "" {
		connection, err := net.Dial("unix", socket)
		if err != nil {
			return nil, fmt.Errorf("%s: the SSH agent does not answer: %w", e.name(), err)
		}
		config.Auth = append(config.Auth, ssh.PublicKeysCallback(agent.NewClient(connection).Signers))
	}
	return config, nil
}

func parseKey(pem, passphrase string) (ssh.Signer, error) {
	if passphrase != "" {
		return ssh.ParsePrivateKeyWithPassphrase([]byte(pem), []byte(passphrase))
	}
	return ssh.ParsePrivateKey([]byte(pem))
}

// dial connects, through the proxy when there is one, and tries again while the machine is not up:
// up to dialErrorLimit failures (default 10, -1 is unlimited) of at most perDialTimeout seconds each
// (default 15, 0 is unlimited). A wrong host key or an unusable setting is final.
func dial(ctx context.Context, log logger, e endpoint) (*ssh.Client, error) {
	config, err := e.clientConfig()
	if err != nil {
		return nil, err
	}
	limit := int(number(e.properties, "dialErrorLimit", 10))
	timeout := time.Duration(number(e.properties, "perDialTimeout", 15) * float64(time.Second))
	for failures := 1; ; failures++ {
		client, err := dialOnce(ctx, log, e, config, timeout)
		if err == nil {
			return client, nil
		}
		if errors.Is(err, errHostKey) || ctx.Err() != nil || limit >= 0 && failures >= limit {
			return nil, fmt.Errorf("%s: no connection after %d attempts: %w", e.name(), failures, err)
		}
		log.progress(ctx, fmt.Sprintf("Waiting for SSH at %s (attempt %d): %v", e.address(), failures, err))
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(retryDelay):
		}
	}
}

func dialOnce(ctx context.Context, log logger, e endpoint, config *ssh.ClientConfig, timeout time.Duration) (*ssh.Client, error) {
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	connect := (&net.Dialer{}).DialContext
	if e.proxy != nil {
		through, err := dial(ctx, log, *e.proxy)
		if err != nil {
			return nil, fmt.Errorf("proxy: %w", err)
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
		return nil, err
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
