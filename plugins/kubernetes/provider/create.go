package provider

import (
	"context"
	"fmt"

	"certificate-lab/plugins/kubernetes/await"
	"certificate-lab/plugins/kubernetes/cluster"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Create applies the object and waits until it is ready. An object that exists already is refused, unless a lost
// creation of this very resource made it or the provider's upsertExistingObjects allows it.
func (p *Provider) Create(ctx context.Context, r *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	d, err := p.desired(r.GetUrn(), r.GetProperties())
	if err != nil {
		return nil, err
	}
	if r.GetPreview() {
		return p.previewCreate(ctx, d, r)
	}
	if p.cluster == nil {
		return nil, p.clusterError
	}
	ctx, done := p.deadline(p.withWarnings(ctx, d), r.GetTimeout(), d.object)
	defer done()
	manager := d.fieldManager(nil)
	var live *unstructured.Unstructured
	err = persist(ctx, d.log, func() error {
		existing, err := p.cluster.Get(ctx, d.object)
		if err != nil && !apierrors.IsNotFound(err) {
			return err
		}
		if err == nil && !p.options.upsert && !d.isPatch() && !cluster.Manages(existing, manager) {
			return fmt.Errorf("%s %s exists already. Import it, delete it, or set upsertExistingObjects on the provider",
				existing.GetKind(), id(existing))
		}
		live, err = p.apply(ctx, d, manager, false)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("creating %s %s: %w", d.object.GetKind(), id(d.object), err)
	}
	live, err = p.awaitReady(ctx, d, live)
	if err != nil {
		return nil, initFailed(id(live), live, d.inputs, manager, err)
	}
	kept, err := state(live, d.inputs, manager)
	return &pulumirpc.CreateResponse{Id: id(live), Properties: kept}, err
}

// previewCreate lets the API server judge the object in a dry run. Where it can't, because it isn't there yet or lacks
// the kind or the namespace, or because another object of that name is still in the way, the inputs must do.
func (p *Provider) previewCreate(
	ctx context.Context, d desired, r *pulumirpc.CreateRequest,
) (*pulumirpc.CreateResponse, error) {
	inputsOnly := &pulumirpc.CreateResponse{Properties: r.GetProperties()}
	if d.unknowns || d.isPatch() || p.reach(ctx) != nil {
		return inputsOnly, nil
	}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	if _, err := p.cluster.Get(ctx, d.object); !apierrors.IsNotFound(err) {
		return inputsOnly, nil
	}
	manager := d.fieldManager(nil)
	dryRun, err := p.apply(ctx, d, manager, true)
	switch {
	case apierrors.IsInvalid(err), apierrors.IsBadRequest(err):
		return nil, fmt.Errorf("creating %s %s: %w", d.object.GetKind(), id(d.object), err)
	case err != nil:
		return inputsOnly, nil
	}
	preview, err := previewState(dryRun, d, manager)
	return &pulumirpc.CreateResponse{Properties: preview}, err
}

// apply sends the object and explains a conflict of field managers.
func (p *Provider) apply(
	ctx context.Context, d desired, manager string, dryRun bool,
) (*unstructured.Unstructured, error) {
	live, err := p.cluster.Apply(ctx, d.object, cluster.ApplyOptions{
		Manager: manager, Force: p.forced(d.object), DryRun: dryRun,
	})
	if apierrors.IsConflict(err) {
		return nil, fmt.Errorf("others have changed fields that this resource sets. To take them back, annotate it with "+
			"%s: \"true\" or set enablePatchForce on the provider: %w", annotationForce, err)
	}
	return live, err
}

// awaitReady waits for the object as its kind demands, unless the program said not to.
func (p *Provider) awaitReady(
	ctx context.Context, d desired, live *unstructured.Unstructured,
) (*unstructured.Unstructured, error) {
	var err error
	if !skipsAwait(d.object) && !d.isPatch() {
		live, err = await.Waiter{Cluster: p.cluster, Log: d.log}.Ready(ctx, live)
	}
	if isDefinition(live) {
		p.cluster.Forget()
	}
	return live, err
}

func isDefinition(object *unstructured.Unstructured) bool {
	return object.GetKind() == "CustomResourceDefinition"
}
