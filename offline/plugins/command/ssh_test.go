package main

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"net"
	"strconv"
	"strings"
	"testing"

	"certificate-lab/plugins/internal/engine"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"golang.org/x/crypto/ssh"
)

func startServer(t *testing.T) (port int, hostKey string) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return startServerWithKey(t, private)
}

// startServerWithKey is an SSH server on loopback that answers every command with its text and exit status 0, "fail"
// with 7.
func startServerWithKey(t *testing.T, private crypto.Signer) (port int, hostKey string) {
	t.Helper()
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	config := &ssh.ServerConfig{PasswordCallback: func(_ ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
		if string(password) == "right" {
			return nil, nil
		}
		return nil, errors.New("wrong password")
	}}
	if rsaSigner, ok := signer.(ssh.AlgorithmSigner); ok && signer.PublicKey().Type() == ssh.KeyAlgoRSA {
		signer, err = ssh.NewSignerWithAlgorithms(rsaSigner, []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256})
		if err != nil {
			t.Fatal(err)
		}
	}
	config.AddHostKey(signer)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go serveSSH(connection, config)
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port, string(ssh.MarshalAuthorizedKey(signer.PublicKey()))
}

func serveSSH(connection net.Conn, config *ssh.ServerConfig) {
	_, channels, requests, err := ssh.NewServerConn(connection, config)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for offered := range channels {
		channel, requests, err := offered.Accept()
		if err != nil {
			return
		}
		go func() {
			for request := range requests {
				if request.Type != "exec" {
					_ = request.Reply(false, nil)
					continue
				}
				var command struct{ Text string }
				_ = ssh.Unmarshal(request.Payload, &command)
				_ = request.Reply(true, nil)
				status := uint32(0)
				if command.Text == "fail" {
					status = 7
				}
				_, _ = channel.Write([]byte("ran " + command.Text + "\n"))
				_, _ = channel.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{status}))
				_ = channel.Close()
			}
		}()
	}
}

func remote(t *testing.T, script string, connection map[string]any) (resource.PropertyMap, error) {
	t.Helper()
	in := properties(t, map[string]any{"create": script, "connection": connection})
	return remoteCommand{}.apply(context.Background(), engine.Log{}, in, nil)
}

func connectionTo(port int, hostKey string) map[string]any {
	return map[string]any{
		"host": "127.0.0.1", "port": float64(port), "user": "root", "password": "right",
		"hostKey": hostKey, "dialErrorLimit": 1.0,
	}
}

func TestRemoteCommandRunsOverAPinnedConnection(t *testing.T) {
	out, err := remote(t, "something", connectionTo(startServer(t)))
	if err != nil {
		t.Fatal(err)
	}
	if got := engine.Text(out, "stdout"); got != "ran something" {
		t.Errorf("stdout is %q", got)
	}
}

func TestRSAHostKeyIsPinned(t *testing.T) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	// As OpenSSH does, the server signs by SHA-2 only.
	if _, err := remote(t, "something", connectionTo(startServerWithKey(t, private))); err != nil {
		t.Error(err)
	}
}

func TestRemoteFailureNamesMachineAndStatus(t *testing.T) {
	port, key := startServer(t)
	_, err := remote(t, "fail", connectionTo(port, key))
	if err == nil || !strings.Contains(err.Error(), "exit status 7") || !strings.Contains(err.Error(), strconv.Itoa(port)) {
		t.Errorf("the error is %v", err)
	}
}

func TestAnotherHostKeyIsRefusedAtOnce(t *testing.T) {
	port, _ := startServer(t)
	_, other := startServer(t)
	connection := connectionTo(port, other)
	connection["dialErrorLimit"] = -1.0
	_, err := remote(t, "something", connection)
	if !errors.Is(err, errHostKey) {
		t.Errorf("the error is %v", err)
	}
}

func TestDialErrorLimitEndsTheAttempts(t *testing.T) {
	connection := connectionTo(startServer(t))
	connection["password"] = "wrong"
	connection["dialErrorLimit"] = 2.0
	_, err := remote(t, "something", connection)
	if err == nil || !strings.Contains(err.Error(), "after 2 attempts") {
		t.Errorf("the error is %v", err)
	}
}

func TestAProxyHasItsOwnLimit(t *testing.T) {
	port, key := startServer(t)
	proxy := connectionTo(port, key)
	proxy["password"] = "wrong"
	proxy["dialErrorLimit"] = 2.0
	connection := connectionTo(port, key)
	connection["dialErrorLimit"] = -1.0
	connection["proxy"] = proxy
	_, err := remote(t, "something", connection)
	if err == nil || !strings.Contains(err.Error(), "proxy") || !strings.Contains(err.Error(), "after 2 attempts") {
		t.Errorf("the error is %v", err)
	}
}
