package main

import (
	"context"
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil/rpcerror"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// provider answers the engine for one cluster.
type provider struct {
	pulumirpc.UnimplementedResourceProviderServer
	engine pulumirpc.EngineClient
	// cluster is nil while the kubeconfig is not known yet, as in the preview of a cluster's own program.
	cluster           *cluster
	deleteUnreachable bool
	// running is cancelled when the user interrupts.
	running context.Context
	cancel  context.CancelFunc
}

func newProvider() *provider {
	ctx, cancel := context.WithCancel(context.Background())
	return &provider{running: ctx, cancel: cancel}
}

func (p *provider) connectEngine(address string) error {
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return fmt.Errorf("the engine at %s: %w", address, err)
	}
	p.engine = pulumirpc.NewEngineClient(connection)
	return nil
}

func (p *provider) Attach(_ context.Context, r *pulumirpc.PluginAttach) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, p.connectEngine(r.GetAddress())
}

func (p *provider) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: version}, nil
}

func (p *provider) GetSchema(context.Context, *pulumirpc.GetSchemaRequest) (*pulumirpc.GetSchemaResponse, error) {
	return &pulumirpc.GetSchemaResponse{Schema: `{"name": "kubernetes", "version": "` + version + `"}`}, nil
}

func (p *provider) CheckConfig(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: r.GetNews()}, nil
}

func (p *provider) Configure(ctx context.Context, r *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	logger{p.engine, ""}.notice(ctx, "This is the lab's own stand-in for the official plugin of the kubernetes package, "+
		"which could not be downloaded.")
	arguments, err := read(r.GetArgs())
	if err != nil {
		return nil, err
	}
	settings := open(arguments)
	p.deleteUnreachable = isTrue(settings["deleteUnreachable"])
	if kubeconfig := settings["kubeconfig"]; !kubeconfig.IsComputed() {
		contents := ""
		if kubeconfig.IsString() {
			contents = kubeconfig.StringValue()
		}
		if p.cluster, err = newCluster(contents, stringOf(settings["context"]), stringOf(settings["namespace"])); err != nil {
			return nil, err
		}
	}
	return &pulumirpc.ConfigureResponse{AcceptSecrets: true, SupportsPreview: true, AcceptResources: true}, nil
}

func (p *provider) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	p.cancel()
	return &emptypb.Empty{}, nil
}

// Check gives an object without a name the resource's, with a random end.
func (p *provider) Check(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	news, err := read(r.GetNews())
	if err != nil {
		return nil, err
	}
	olds, err := read(r.GetOlds())
	if err != nil {
		return nil, err
	}
	if err := nameObject(news, olds, resource.URN(r.GetUrn()).Name(), r.GetRandomSeed()); err != nil {
		return nil, err
	}
	inputs, err := plugin.MarshalProperties(news, marshal)
	return &pulumirpc.CheckResponse{Inputs: inputs}, err
}

func (p *provider) Diff(_ context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	old, err := read(r.GetOldInputs())
	if err != nil {
		return nil, err
	}
	news, err := read(r.GetNews())
	if err != nil {
		return nil, err
	}
	return diffObjects(old, news, r.GetIgnoreChanges()), nil
}

func (p *provider) Create(ctx context.Context, r *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	if r.GetPreview() {
		return &pulumirpc.CreateResponse{Properties: r.GetProperties()}, nil
	}
	id, state, err := p.applyAndWait(ctx, r.GetUrn(), r.GetProperties(), r.GetTimeout())
	if err != nil {
		return nil, err
	}
	return &pulumirpc.CreateResponse{Id: id, Properties: state}, nil
}

func (p *provider) Update(ctx context.Context, r *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	if r.GetPreview() {
		return &pulumirpc.UpdateResponse{Properties: r.GetNews()}, nil
	}
	_, state, err := p.applyAndWait(ctx, r.GetUrn(), r.GetNews(), r.GetTimeout())
	if err != nil {
		return nil, err
	}
	return &pulumirpc.UpdateResponse{Properties: state}, nil
}

// applyAndWait is Create and Update: server-side apply makes no difference between them.
func (p *provider) applyAndWait(ctx context.Context, urn string, properties *structpb.Struct, timeout float64) (string, *structpb.Struct, error) {
	if p.cluster == nil {
		return "", nil, status.Error(codes.FailedPrecondition, "the kubeconfig is not known yet")
	}
	inputs, err := read(properties)
	if err != nil {
		return "", nil, err
	}
	object, err := toObject(inputs)
	if err != nil {
		return "", nil, err
	}
	ctx, done := p.within(ctx, timeoutOf(object, timeout))
	defer done()
	log := logger{p.engine, urn}
	live, err := p.cluster.apply(ctx, log, object)
	if err != nil {
		return "", nil, err
	}
	state, err := stateOf(inputs, live)
	if err != nil {
		return "", nil, err
	}
	if !skipsAwait(object) {
		if _, err := p.cluster.await(ctx, log, live); err != nil {
			return "", nil, notReady(live, state, properties, err)
		}
	}
	return idOf(live), state, nil
}

// notReady is the error of an object that exists but is not ready: the engine keeps it, to update or delete it later.
func notReady(live *unstructured.Unstructured, state, inputs *structpb.Struct, reason error) error {
	return rpcerror.WithDetails(rpcerror.New(codes.Unknown, reason.Error()), &pulumirpc.ErrorResourceInitFailed{
		Id: idOf(live), Properties: state, Inputs: inputs, Reasons: []string{reason.Error()},
	})
}

// Read refreshes: fields that the program sets are read back, others are the cluster's business.
func (p *provider) Read(ctx context.Context, r *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	if p.cluster == nil {
		return &pulumirpc.ReadResponse{Id: r.GetId(), Properties: r.GetProperties(), Inputs: r.GetInputs()}, nil
	}
	inputs, err := read(r.GetInputs())
	if err != nil {
		return nil, err
	}
	if len(inputs) == 0 {
		return nil, status.Error(codes.Unimplemented, "import is not supported by the lab's own plugin")
	}
	object, err := toObject(inputs)
	if err != nil {
		return nil, err
	}
	ctx, done := p.within(ctx, time.Minute)
	defer done()
	live, err := p.cluster.get(ctx, object)
	if err != nil {
		return nil, err
	}
	if live == nil {
		return &pulumirpc.ReadResponse{}, nil
	}
	state, err := stateOf(inputs, live)
	return &pulumirpc.ReadResponse{Id: idOf(live), Properties: state, Inputs: state}, err
}

func (p *provider) Delete(ctx context.Context, r *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	if p.cluster == nil {
		return nil, status.Error(codes.FailedPrecondition, "the kubeconfig is not known")
	}
	state, err := read(r.GetProperties())
	if err != nil {
		return nil, err
	}
	object, err := toObject(state)
	if err != nil {
		return nil, err
	}
	ctx, done := p.within(ctx, timeoutOf(object, r.GetTimeout()))
	defer done()
	log := logger{p.engine, r.GetUrn()}
	err = p.cluster.remove(ctx, log, object)
	if err != nil && p.deleteUnreachable && isUnreachable(err) {
		log.warning(ctx, "The cluster does not answer; its object is forgotten, as deleteUnreachable says.")
		return &emptypb.Empty{}, nil
	}
	return &emptypb.Empty{}, err
}

func (p *provider) Invoke(_ context.Context, r *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	if r.GetTok() != "kubernetes:yaml:decode" {
		return nil, status.Errorf(codes.Unimplemented, "the lab's own plugin has no function %s", r.GetTok())
	}
	arguments, err := read(r.GetArgs())
	if err != nil {
		return nil, err
	}
	objects, err := decodeYAML(stringOf(open(arguments)["text"]))
	if err != nil {
		return nil, err
	}
	result, err := plugin.MarshalProperties(resource.PropertyMap{"result": resource.NewProperty(objects)}, marshal)
	return &pulumirpc.InvokeResponse{Return: result}, err
}

// within bounds a request by a timeout and by the user's interrupt.
func (p *provider) within(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	stop := context.AfterFunc(p.running, cancel)
	return ctx, func() { stop(); cancel() }
}
