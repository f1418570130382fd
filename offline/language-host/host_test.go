package main

import (
	"bufio"
	"context"
	"net"
	"os"
	"os/exec"
	"regexp"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

func TestAboutNamesNode(t *testing.T) {
	about, err := newHost("").About(context.Background(), &pulumirpc.AboutRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^v\d+\.\d+\.\d+$`).MatchString(about.GetVersion()) || about.GetExecutable() == "" {
		t.Errorf("got %v", about)
	}
}

func TestHandshakeReplacesTheEngine(t *testing.T) {
	h := newHost("127.0.0.1:1")
	if _, err := h.Handshake(context.Background(), &pulumirpc.LanguageHandshakeRequest{EngineAddress: "127.0.0.1:2"}); err != nil {
		t.Fatal(err)
	}
	if h.engineAddress() != "127.0.0.1:2" {
		t.Errorf("the engine is %s", h.engineAddress())
	}
}

// TestMain lets TestHostEndsWithItsEngine run this program a second time, as the host of a given engine.
func TestMain(m *testing.M) {
	if engine := os.Getenv("TEST_HOST_OF_ENGINE"); engine != "" {
		if err := serve(engine); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestHostEndsWithItsEngine(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	engine := grpc.NewServer()
	go func() { _ = engine.Serve(listener) }()
	defer engine.Stop()

	host := exec.Command(os.Args[0])
	host.Env = append(os.Environ(), "TEST_HOST_OF_ENGINE="+listener.Addr().String())
	stdout, err := host.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := host.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = host.Process.Kill() }()
	if _, err := bufio.NewReader(stdout).ReadString('\n'); err != nil {
		t.Fatalf("the host printed no port: %v", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- host.Wait() }()
	select {
	case <-ended:
		t.Fatal("the host ended while its engine lived")
	case <-time.After(engineCheckInterval + 2*time.Second):
	}
	engine.Stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("the host ended with %v", err)
		}
	case <-time.After(deadline):
		t.Fatal("the host outlived its engine")
	}
}
