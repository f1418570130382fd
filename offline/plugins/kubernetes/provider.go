package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"certificate-lab/plugins/internal/engine"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil/rpcerror"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// provider answers the engine for one cluster.
type provider struct {
	engine.Plugin
	// cluster is nil while the kubeconfig is not known yet.
	cluster *cluster
	// deleteUnreachable forgets objects of a cluster that does not answer.
	deleteUnreachable bool
	// upsert takes over objects that are there already.
	upsert bool
	// mutable are the kinds whose contents are updated in place.
	mutable map[string]bool
}

func newProvider() *provider { return &provider{Plugin: engine.NewPlugin("kubernetes", version)} }

var errNoCluster = status.Error(codes.FailedPrecondition, "the kubeconfig is not known yet")

// Check gives an object without a name the resource's, with a random end, and refuses what this plugin does not serve.
func (p *provider) Check(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	news, err := engine.Read(r.GetNews())
	if err != nil {
		return nil, err
	}
	olds, err := engine.Read(r.GetOlds())
	if err != nil {
		return nil, err
	}
	urn := resource.URN(r.GetUrn())
	if failures := refusals(string(urn.Type()), news); len(failures) > 0 {
		return &pulumirpc.CheckResponse{Inputs: r.GetNews(), Failures: failures}, nil
	}
	if err := nameObject(news, olds, urn.Name(), r.GetRandomSeed()); err != nil {
		return nil, err
	}
	inputs, err := engine.Write(news)
	return &pulumirpc.CheckResponse{Inputs: inputs}, err
}

// refusals name what the official plugin would do and this one would get wrong.
func refusals(kind string, in resource.PropertyMap) []*pulumirpc.CheckFailure {
	var failures []*pulumirpc.CheckFailure
	refuse := func(property, reason string) {
		failures = append(failures, &pulumirpc.CheckFailure{Property: property, Reason: reason})
	}
	switch {
	case strings.HasPrefix(kind, "kubernetes:helm.sh/"):
		refuse("chart", "the lab's own kubernetes plugin serves no Helm releases")
	// A patch shares an object with its owner, and must not delete it.
	case strings.HasSuffix(kind, "Patch"):
		refuse("kind", "the lab's own kubernetes plugin serves no patches")
	}
	annotations := engine.Object(engine.Object(in, "metadata"), "annotations")
	for _, name := range unservedAnnotations {
		if annotations.HasValue(resource.PropertyKey(name)) {
			refuse("metadata.annotations", "the lab's own kubernetes plugin does not know "+name)
		}
	}
	return failures
}

func (p *provider) Diff(_ context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	old, err := engine.Read(r.GetOldInputs())
	if err != nil {
		return nil, err
	}
	news, err := engine.Read(r.GetNews())
	if err != nil {
		return nil, err
	}
	return diffObjects(old, news, p.mutable), nil
}

func (p *provider) Create(ctx context.Context, r *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	if r.GetPreview() {
		return &pulumirpc.CreateResponse{Properties: r.GetProperties()}, nil
	}
	id, outputs, err := p.applyAndWait(ctx, r.GetUrn(), "", r.GetProperties(), r.GetTimeout())
	if err != nil {
		return nil, err
	}
	return &pulumirpc.CreateResponse{Id: id, Properties: outputs}, nil
}

func (p *provider) Update(ctx context.Context, r *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	if r.GetPreview() {
		return &pulumirpc.UpdateResponse{Properties: r.GetNews()}, nil
	}
	_, outputs, err := p.applyAndWait(ctx, r.GetUrn(), r.GetId(), r.GetNews(), r.GetTimeout())
	if err != nil {
		return nil, err
	}
	return &pulumirpc.UpdateResponse{Properties: outputs}, nil
}

// applyAndWait is Create, with no id, and Update: server-side apply makes no difference between them.
func (p *provider) applyAndWait(ctx context.Context, urn, id string, properties *structpb.Struct, timeout float64) (string, *structpb.Struct, error) {
	if p.cluster == nil {
		return "", nil, errNoCluster
	}
	inputs, err := engine.Read(properties)
	if err != nil {
		return "", nil, err
	}
	object, err := toObject(inputs)
	if err != nil {
		return "", nil, err
	}
	if id != "" {
		locate(object, id)
	}
	ctx, done := p.Within(ctx, timeoutOf(object, timeout))
	defer done()
	log := p.Log(urn)
	live, err := p.cluster.apply(ctx, log, object, id == "" && !p.upsert)
	if err != nil {
		return "", nil, err
	}
	live, reason := p.cluster.await(ctx, log, live)
	outputs, err := outputsOf(inputs, live)
	if err != nil {
		return "", nil, err
	}
	if reason != nil {
		return "", nil, notReady(live, outputs, properties, reason)
	}
	return idOf(live), outputs, nil
}

// notReady is the error of an object that exists but is not ready: the engine keeps it, to update or delete it later.
func notReady(live *unstructured.Unstructured, outputs, inputs *structpb.Struct, reason error) error {
	return rpcerror.WithDetails(rpcerror.New(codes.Unknown, reason.Error()), &pulumirpc.ErrorResourceInitFailed{
		Id: idOf(live), Properties: outputs, Inputs: inputs, Reasons: []string{reason.Error()},
	})
}

// Read refreshes: fields that the program sets are read back as its inputs, others are the cluster's business. An
// object that is no longer ready stays in the state as such.
func (p *provider) Read(ctx context.Context, r *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	if p.cluster == nil {
		return &pulumirpc.ReadResponse{Id: r.GetId(), Properties: r.GetProperties(), Inputs: r.GetInputs()}, nil
	}
	given, err := engine.Read(r.GetInputs())
	if err != nil {
		return nil, err
	}
	if len(given) == 0 {
		return nil, status.Error(codes.Unimplemented, "the lab's own kubernetes plugin neither imports nor gets objects")
	}
	object, err := toObject(given)
	if err != nil {
		return nil, err
	}
	locate(object, r.GetId())
	ctx, done := p.Within(ctx, time.Minute)
	defer done()
	live, err := p.cluster.get(ctx, object)
	if err != nil {
		return nil, err
	}
	if live == nil {
		return &pulumirpc.ReadResponse{}, nil
	}
	inputs, err := inputsOf(given, live)
	if err != nil {
		return nil, err
	}
	outputs, err := outputsOf(given, live)
	if err != nil {
		return nil, err
	}
	if waiting, reason := p.cluster.pending(ctx, live); reason != nil {
		return nil, notReady(live, outputs, inputs, reason)
	} else if waiting != "" {
		return nil, notReady(live, outputs, inputs, fmt.Errorf("%s %s is not ready: %s", live.GetKind(), idOf(live), waiting))
	}
	return &pulumirpc.ReadResponse{Id: idOf(live), Properties: outputs, Inputs: inputs}, nil
}

func (p *provider) Delete(ctx context.Context, r *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	if p.cluster == nil {
		return nil, errNoCluster
	}
	inputs, err := engine.Read(r.GetOldInputs())
	if err != nil {
		return nil, err
	}
	object, err := toObject(inputs)
	if err != nil {
		return nil, err
	}
	locate(object, r.GetId())
	ctx, done := p.Within(ctx, timeoutOf(object, r.GetTimeout()))
	defer done()
	log := p.Log(r.GetUrn())
	err = p.cluster.remove(ctx, log, object)
	if err != nil && p.deleteUnreachable && isUnreachable(err) {
		log.Warning(ctx, "The cluster does not answer; its object is forgotten, as deleteUnreachable says.")
		return &emptypb.Empty{}, nil
	}
	return &emptypb.Empty{}, err
}

func (p *provider) Invoke(_ context.Context, r *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	if r.GetTok() != "kubernetes:yaml:decode" {
		return nil, status.Errorf(codes.Unimplemented, "no function %s in the lab's own kubernetes plugin", r.GetTok())
	}
	arguments, err := engine.Read(r.GetArgs())
	if err != nil {
		return nil, err
	}
	objects, err := decodeYAML(engine.Text(arguments, "text"))
	if err != nil {
		return nil, err
	}
	result, err := engine.Write(resource.PropertyMap{"result": resource.NewProperty(objects)})
	return &pulumirpc.InvokeResponse{Return: result}, err
}
