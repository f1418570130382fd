package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"time"

	"certificate-lab/plugins/internal/engine"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

// provider answers the engine. A resource type's own work is done by its handler.
type provider struct{ engine.Plugin }

func newProvider() *provider { return &provider{engine.NewPlugin("command", version)} }

// handler runs the commands of one resource type.
type handler interface {
	// validate returns one message a mistake, by property.
	validate(in resource.PropertyMap) map[string]string
	// apply creates the resource, or updates it when old is not nil, and returns its outputs beside the inputs.
	apply(ctx context.Context, log engine.Log, in, old resource.PropertyMap) (resource.PropertyMap, error)
	// remove undoes it; state holds inputs and outputs.
	remove(ctx context.Context, log engine.Log, state resource.PropertyMap) error
}

var handlers = map[string]handler{
	"command:local:Command":       localCommand{},
	"command:remote:Command":      remoteCommand{},
	"command:remote:CopyToRemote": copyToRemote{},
}

// find returns the handler of the type that a URN names: urn:pulumi:stack::project::parent$type::name.
func find(urn string) (handler, error) {
	kind := string(resource.URN(urn).Type())
	if h, ok := handlers[kind]; ok {
		return h, nil
	}
	return nil, status.Errorf(codes.Unimplemented, "no resource type %s in the lab's own command plugin", kind)
}

func (p *provider) CheckConfig(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: r.GetNews()}, nil
}

func (p *provider) DiffConfig(context.Context, *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}, nil
}

func (p *provider) Configure(ctx context.Context, _ *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	return p.Configured(ctx), nil
}

func (p *provider) Check(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	h, err := find(r.GetUrn())
	if err != nil {
		return nil, err
	}
	in, err := engine.Read(r.GetNews())
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.CheckResponse{Inputs: r.GetNews()}
	for property, reason := range h.validate(in) {
		response.Failures = append(response.Failures, &pulumirpc.CheckFailure{Property: property, Reason: reason})
	}
	return response, nil
}

// Diff replaces on changed triggers and updates on anything else that changed. What is to be ignored, the engine has
// put back already.
func (p *provider) Diff(_ context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	old, err := engine.Read(r.GetOldInputs())
	if err != nil {
		return nil, err
	}
	news, err := engine.Read(r.GetNews())
	if err != nil {
		return nil, err
	}
	diff := engine.Open(old).Diff(engine.Open(news))
	if diff == nil {
		return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}, nil
	}
	response := &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_SOME}
	for _, key := range diff.ChangedKeys() {
		response.Diffs = append(response.Diffs, string(key))
		if key == "triggers" {
			response.Replaces = append(response.Replaces, string(key))
		}
	}
	return response, nil
}

func (p *provider) Create(ctx context.Context, r *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	h, err := find(r.GetUrn())
	if err != nil {
		return nil, err
	}
	if r.GetPreview() {
		return &pulumirpc.CreateResponse{Properties: r.GetProperties()}, nil
	}
	in, err := engine.Read(r.GetProperties())
	if err != nil {
		return nil, err
	}
	ctx, done := p.Within(ctx, seconds(r.GetTimeout()))
	defer done()
	out, err := h.apply(ctx, p.Log(r.GetUrn()), in, nil)
	if err != nil {
		return nil, err
	}
	properties, err := engine.Write(joined(in, out))
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
	if r.GetPreview() {
		return &pulumirpc.UpdateResponse{Properties: r.GetNews()}, nil
	}
	in, err := engine.Read(r.GetNews())
	if err != nil {
		return nil, err
	}
	old, err := engine.Read(r.GetOlds())
	if err != nil {
		return nil, err
	}
	ctx, done := p.Within(ctx, seconds(r.GetTimeout()))
	defer done()
	out, err := h.apply(ctx, p.Log(r.GetUrn()), in, old)
	if err != nil {
		return nil, err
	}
	properties, err := engine.Write(joined(in, out))
	return &pulumirpc.UpdateResponse{Properties: properties}, err
}

func (p *provider) Delete(ctx context.Context, r *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	h, err := find(r.GetUrn())
	if err != nil {
		return nil, err
	}
	state, err := engine.Read(r.GetProperties())
	if err != nil {
		return nil, err
	}
	ctx, done := p.Within(ctx, seconds(r.GetTimeout()))
	defer done()
	return &emptypb.Empty{}, h.remove(ctx, p.Log(r.GetUrn()), state)
}

func (p *provider) Invoke(ctx context.Context, r *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	if r.GetTok() != "command:local:run" {
		return nil, status.Errorf(codes.Unimplemented, "no function %s in the lab's own command plugin", r.GetTok())
	}
	in, err := engine.Read(r.GetArgs())
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.InvokeResponse{}
	for property, reason := range (localCommand{}).validate(in) {
		response.Failures = append(response.Failures, &pulumirpc.CheckFailure{Property: property, Reason: reason})
	}
	if len(response.Failures) > 0 {
		return response, nil
	}
	ctx, done := p.Within(ctx, 0)
	defer done()
	out, err := execute(ctx, p.Log(""), in, newCommand(in, "command", nil), runLocally(in))
	if err != nil {
		return nil, err
	}
	response.Return, err = engine.Write(joined(in, out))
	return response, err
}

func seconds(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }

// joined is a resource's state: its inputs, secret as they are, and its outputs. As with the official plugin an output
// is secret when the program says so by additionalSecretOutputs; a secret input alone does not make it one.
func joined(in, out resource.PropertyMap) resource.PropertyMap {
	state := in.Copy()
	for key, value := range out {
		state[key] = value
	}
	return state
}
