package engine

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"

	"google.golang.org/grpc"
)

type testProvider struct{ Plugin }

// TestMain lets TestPluginEndsWithItsEngine run this program a second time, as the plugin of a given engine.
func TestMain(m *testing.M) {
	if address := os.Getenv("TEST_PLUGIN_OF_ENGINE"); address != "" {
		os.Args = []string{os.Args[0], address}
		Main(&testProvider{NewPlugin("test", "1.0.0")})
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestPluginEndsWithItsEngine(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	engine := grpc.NewServer()
	go func() { _ = engine.Serve(listener) }()
	defer engine.Stop()

	plugin := exec.Command(os.Args[0])
	plugin.Env = append(os.Environ(), "TEST_PLUGIN_OF_ENGINE="+listener.Addr().String())
	stdout, err := plugin.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := plugin.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = plugin.Process.Kill() }()
	if _, err := bufio.NewReader(stdout).ReadString('\n'); err != nil {
		t.Fatalf("the plugin printed no port: %v", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- plugin.Wait() }()
	select {
	case <-ended:
		t.Fatal("the plugin ended while its engine lived")
	case <-time.After(checkInterval + 2*time.Second):
	}
	engine.Stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("the plugin ended with %v", err)
		}
	case <-time.After(time.Minute):
		t.Fatal("the plugin outlived its engine")
	}
}
