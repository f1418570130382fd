package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/version"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
)

// host answers the engine's calls. Calls for what this project doesn't use, such as plugins written in TypeScript,
// answer Unimplemented.
type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer

	// Ends when the running program has to.
	program context.Context
	// Ends the running program, and lets no other start.
	stopProgram context.CancelFunc

	mutex  sync.Mutex
	engine string
}

// newHost makes a host for the engine at an address (host:port), which Handshake may replace.
func newHost(engine string) *host {
	program, stop := context.WithCancel(context.Background())
	return &host{program: program, stopProgram: stop, engine: engine}
}

// Handshake takes the address of the engine that the host serves.
func (h *host) Handshake(_ context.Context, r *pulumirpc.LanguageHandshakeRequest) (*pulumirpc.LanguageHandshakeResponse, error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.engine = r.GetEngineAddress()
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

func (h *host) engineAddress() string {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return h.engine
}

// GetPluginInfo names the version of Pulumi that the host was built for; the linker sets it.
func (h *host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: strings.TrimPrefix(version.Version, "v")}, nil
}

// About tells `pulumi about` which Node.js runs the program.
func (h *host) About(ctx context.Context, _ *pulumirpc.AboutRequest) (*pulumirpc.AboutResponse, error) {
	node, err := findNode()
	if err != nil {
		return nil, err
	}
	out, err := exec.CommandContext(ctx, node, "--version").Output()
	if err != nil {
		return nil, fmt.Errorf("%s --version: %w", node, err)
	}
	return &pulumirpc.AboutResponse{Executable: node, Version: strings.TrimSpace(string(out))}, nil
}

// Cancel ends the running program: the engine calls it when the user interrupts an update.
func (h *host) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	h.stopProgram()
	return &emptypb.Empty{}, nil
}

func findNode() (string, error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return "", fmt.Errorf("Node.js is not on PATH: make setup installs it: %w", err)
	}
	return node, nil
}
