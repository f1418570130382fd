// Package provider answers the Pulumi engine: pulumirpc.ResourceProvider for every kind of Kubernetes object.
package provider

import (
	"context"
	"errors"
	"sync"
	"time"

	"certificate-lab/plugins/kubernetes/cluster"
	"certificate-lab/plugins/kubernetes/engine"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
)

// Version is that of the npm package @pulumi/kubernetes whose resources this plugin serves.
const Version = "4.34.2"

// Provider serves one cluster; the engine starts a process for each provider resource.
type Provider struct {
	pulumirpc.UnimplementedResourceProviderServer
	engine *engine.Client
	// running ends when the user interrupts.
	running context.Context
	cancel  context.CancelCauseFunc

	options options
	// cluster is nil, and clusterError says why, until Configure has understood the kubeconfig.
	cluster      *cluster.Cluster
	clusterError error

	probe sync.Mutex
	// reached is whether the cluster has ever answered; failed and failure are the last time it didn't.
	reached bool
	failed  time.Time
	failure error
}

// New returns a provider that isn't configured yet.
func New(host *engine.Client) *Provider {
	ctx, cancel := context.WithCancelCause(context.Background())
	return &Provider{
		engine:       host,
		running:      ctx,
		cancel:       cancel,
		clusterError: errors.New("the provider isn't configured"),
	}
}

// Attach is how a debugged plugin learns the engine's address.
func (p *Provider) Attach(_ context.Context, r *pulumirpc.PluginAttach) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, p.engine.Connect(r.GetAddress())
}

// GetPluginInfo tells the version.
func (p *Provider) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: Version}, nil
}

// Cancel ends all that is running.
func (p *Provider) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	p.cancel(errors.New("cancelled"))
	return &emptypb.Empty{}, nil
}

const (
	// probeTimeout is long enough for an emulated API server under load.
	probeTimeout = 20 * time.Second
	// probePause keeps many resources from each waiting for a cluster that is known not to answer.
	probePause = 30 * time.Second
)

// reach returns nil when the cluster answers, or has answered before.
func (p *Provider) reach(ctx context.Context) error {
	if p.cluster == nil {
		return p.clusterError
	}
	p.probe.Lock()
	defer p.probe.Unlock()
	if p.reached {
		return nil
	}
	if p.failure != nil && time.Since(p.failed) < probePause {
		return p.failure
	}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	err := p.cluster.Probe(ctx)
	p.reached = err == nil || !cluster.IsUnreachable(err)
	if !p.reached {
		p.failed, p.failure = time.Now(), err
		return err
	}
	return nil
}
