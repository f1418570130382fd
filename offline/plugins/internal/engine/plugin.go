// Package engine is what the plugins have in common: how they talk to Pulumi's engine over the provider protocol.
// https://pulumi-developer-docs.readthedocs.io/latest/docs/architecture/providers/index.html
package engine

import (
	"context"
	"fmt"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"
)

// Plugin is a provider's connection to the engine, to be embedded in it. Calls that neither answers are Unimplemented.
type Plugin struct {
	pulumirpc.UnimplementedResourceProviderServer
	name, version string
	engine        pulumirpc.EngineClient
	// running ends when the user interrupts.
	running context.Context
	cancel  context.CancelFunc
}

// NewPlugin makes the stand-in for the official plugin of an npm package: its name and version.
func NewPlugin(name, version string) Plugin {
	running, stop := context.WithCancel(context.Background())
	return Plugin{name: name, version: version, running: running, cancel: stop}
}

func (p *Plugin) connect(address string) error {
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return fmt.Errorf("the engine at %s: %w", address, err)
	}
	p.engine = pulumirpc.NewEngineClient(connection)
	return nil
}

func (p *Plugin) stop() { p.cancel() }

// Attach takes the address of an engine that did not start the plugin itself.
func (p *Plugin) Attach(_ context.Context, r *pulumirpc.PluginAttach) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, p.connect(r.GetAddress())
}

// GetPluginInfo tells the version that was asked for by the package's users.
func (p *Plugin) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: p.version}, nil
}

// GetSchema names the package. The SDK that programs use is the official one, so its types are not described.
func (p *Plugin) GetSchema(context.Context, *pulumirpc.GetSchemaRequest) (*pulumirpc.GetSchemaResponse, error) {
	return &pulumirpc.GetSchemaResponse{Schema: fmt.Sprintf(`{"name": %q, "version": %q}`, p.name, p.version)}, nil
}

// Cancel ends what is running: the user interrupts.
func (p *Plugin) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	p.stop()
	return &emptypb.Empty{}, nil
}

// Configured says loudly which plugin this is, and what it can do: handle secrets and previews. Resources that are
// given as values come as their ids, because it does not accept them.
func (p *Plugin) Configured(ctx context.Context) *pulumirpc.ConfigureResponse {
	p.Log("").Notice(ctx, fmt.Sprintf("This is the lab's own stand-in for the official plugin of the package %s, "+
		"which could not be downloaded.", p.name))
	return &pulumirpc.ConfigureResponse{AcceptSecrets: true, SupportsPreview: true}
}

// Within bounds a request by a timeout, 0 being none, and by the user's interrupt.
func (p *Plugin) Within(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(p.running, cancel)
	if timeout <= 0 {
		return ctx, func() { stop(); cancel() }
	}
	timed, cancelTimed := context.WithTimeout(ctx, timeout)
	return timed, func() { stop(); cancelTimed(); cancel() }
}
