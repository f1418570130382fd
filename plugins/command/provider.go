package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

// provider answers the engine. A resource type's own work is done by its handler.
type provider struct {
	pulumirpc.UnimplementedResourceProviderServer
	engine pulumirpc.EngineClient
	// running is cancelled when the user interrupts.
	running context.Context
	cancel  context.CancelFunc
}

func newProvider() *provider {
	ctx, cancel := context.WithCancel(context.Background())
	return &provider{running: ctx, cancel: cancel}
}

// handler runs the commands of one resource type.
type handler interface {
	// validate returns one message a mistake, by property.
	validate(in resource.PropertyMap) map[string]string
	// apply creates the resource, or updates it when old is not nil, and returns its outputs beside the inputs.
	apply(ctx context.Context, log logger, in, old resource.PropertyMap) (resource.PropertyMap, error)
	// remove undoes it; state holds inputs and outputs.
	remove(ctx context.Context, log logger, state resource.PropertyMap) error
}

var handlers = map[string]handler{
	"command:local:Command":       localCommand{},
	"command:remote:Command":      remoteCommand{},
	"command:remote:CopyToRemote": copyToRemote{},
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
	return &pulumirpc.GetSchemaResponse{Schema: schema}, nil
}

func (p *provider) CheckConfig(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: r.GetNews()}, nil
}

func (p *provider) DiffConfig(context.Context, *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}, nil
}

func (p *provider) Configure(ctx context.Context, _ *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	logger{p.engine, ""}.notice(ctx, "This is the lab's own stand-in for the official plugin of the command package, "+
		"which could not be downloaded.")
	return &pulumirpc.ConfigureResponse{AcceptSecrets: true, SupportsPreview: true, AcceptResources: true}, nil
}

func (p *provider) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	p.cancel()
	return &emptypb.Empty{}, nil
}

func (p *provider) Check(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	h, err := find(r.GetUrn())
	if err != nil {
		return nil, err
	}
	in, err := read(r.GetNews(), true)
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.CheckResponse{Inputs: r.GetNews()}
	for property, reason := range h.validate(in) {
		response.Failures = append(response.Failures, &pulumirpc.CheckFailure{Property: property, Reason: reason})
	}
	return response, nil
}

// Diff replaces on changed triggers and updates on anything else that changed.
func (p *provider) Diff(_ context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	old, err := read(r.GetOldInputs(), true)
	if err != nil {
		return nil, err
	}
	news, err := read(r.GetNews(), true)
	if err != nil {
		return nil, err
	}
	ignored := map[string]bool{}
	for _, name := range r.GetIgnoreChanges() {
		ignored[name] = true
	}
	response := &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}
	for _, key := range changed(old, news) {
		if ignored[key] {
			continue
		}
		response.Changes = pulumirpc.DiffResponse_DIFF_SOME
		response.Diffs = append(response.Diffs, key)
		if key == "triggers" {
			response.Replaces = append(response.Replaces, key)
		}
	}
	return response, nil
}

func (p *provider) Create(ctx context.Context, r *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	h, err := find(r.GetUrn())
	if err != nil {
		return nil, err
	}
	in, err := read(r.GetProperties(), true)
	if err != nil {
		return nil, err
	}
	if r.GetPreview() {
		return &pulumirpc.CreateResponse{Properties: r.GetProperties()}, nil
	}
	ctx, done := p.within(ctx, r.GetTimeout())
	defer done()
	out, err := h.apply(ctx, logger{p.engine, r.GetUrn()}, in, nil)
	if err != nil {
		return nil, err
	}
	properties, err := write(in, out)
	if err != nil {
		return nil, err
	}
	id := make([]byte, 16)
	if _, err := rand.Read(id); err != nil {
		return nil, err
	}
	return &pulumirpc.CreateResponse{Id: hex.EncodeToString(id), Properties: properties}, nil
}

// Read has nothing to ask: a command's result lives in the state alone.
func (p *provider) Read(_ context.Context, r *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	return &pulumirpc.ReadResponse{Id: r.GetId(), Properties: r.GetProperties(), Inputs: r.GetInputs()}, nil
}

func (p *provider) Update(ctx context.Context, r *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	h, err := find(r.GetUrn())
	if err != nil {
		return nil, err
	}
	in, err := read(r.GetNews(), true)
	if err != nil {
		return nil, err
	}
	old, err := read(r.GetOlds(), true)
	if err != nil {
		return nil, err
	}
	if r.GetPreview() {
		return &pulumirpc.UpdateResponse{Properties: r.GetNews()}, nil
	}
	ctx, done := p.within(ctx, r.GetTimeout())
	defer done()
	out, err := h.apply(ctx, logger{p.engine, r.GetUrn()}, in, old)
	if err != nil {
		return nil, err
	}
	properties, err := write(in, out)
	return &pulumirpc.UpdateResponse{Properties: properties}, err
}

func (p *provider) Delete(ctx context.Context, r *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	h, err := find(r.GetUrn())
	if err != nil {
		return nil, err
	}
	state, err := read(r.GetProperties(), true)
	if err != nil {
		return nil, err
	}
	ctx, done := p.within(ctx, r.GetTimeout())
	defer done()
	return &emptypb.Empty{}, h.remove(ctx, logger{p.engine, r.GetUrn()}, state)
}

func (p *provider) Invoke(ctx context.Context, r *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	if r.GetTok() != "command:local:run" {
		return nil, status.Errorf(codes.Unimplemented, "no function %s", r.GetTok())
	}
	in, err := read(r.GetArgs(), true)
	if err != nil {
		return nil, err
	}
	in["create"] = in["command"]
	ctx, done := p.within(ctx, 0)
	defer done()
	out, err := localCommand{}.apply(ctx, logger{p.engine, ""}, in, nil)
	if err != nil {
		return nil, err
	}
	result, err := write(in, out)
	return &pulumirpc.InvokeResponse{Return: result}, err
}

// find returns the handler of the type that a URN names: urn:pulumi:stack::project::parent$type::name.
func find(urn string) (handler, error) {
	kind := string(resource.URN(urn).Type())
	if h, ok := handlers[kind]; ok {
		return h, nil
	}
	return nil, status.Errorf(codes.Unimplemented, "no resource type %s in the command package", kind)
}

var marshal = plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, SkipNulls: true}

func read(s *structpb.Struct, secrets bool) (resource.PropertyMap, error) {
	options := marshal
	options.KeepSecrets = secrets
	return plugin.UnmarshalProperties(s, options)
}

// write joins inputs and outputs into a resource's state. Where what a command was fed is secret, so is what it says.
func write(in, out resource.PropertyMap) (*structpb.Struct, error) {
	secret := false
	for _, key := range []resource.PropertyKey{"create", "update", "delete", "command", "stdin", "environment"} {
		secret = secret || in[key].ContainsSecrets()
	}
	state := in.Copy()
	for key, value := range out {
		if secret {
			value = resource.MakeSecret(value)
		}
		state[key] = value
	}
	return plugin.MarshalProperties(state, marshal)
}

// changed lists, sorted, the properties that differ once secrets are opened.
func changed(old, news resource.PropertyMap) []string {
	diff := open(old).Diff(open(news))
	if diff == nil {
		return nil
	}
	var keys []string
	for _, key := range diff.ChangedKeys() {
		if !strings.HasPrefix(string(key), "__") {
			keys = append(keys, string(key))
		}
	}
	return keys
}
