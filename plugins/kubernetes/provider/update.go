package provider

import (
	"context"
	"fmt"

	"certificate-lab/plugins/kubernetes/properties"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Update applies the object anew, which also makes one that is gone, and waits until it is ready.
func (p *Provider) Update(ctx context.Context, r *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	d, err := p.desired(r.GetUrn(), r.GetNews())
	if err != nil {
		return nil, err
	}
	old, err := properties.Read(r.GetOlds())
	if err != nil {
		return nil, err
	}
	manager := d.fieldManager(old)
	if r.GetPreview() {
		return p.previewUpdate(ctx, d, manager, r)
	}
	if p.cluster == nil {
		return nil, p.clusterError
	}
	ctx, done := p.deadline(p.withWarnings(ctx, d), r.GetTimeout(), d.object)
	defer done()
	var live *unstructured.Unstructured
	err = persist(ctx, d.log, func() error {
		var err error
		live, err = p.apply(ctx, d, manager, false)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("updating %s %s: %w", d.object.GetKind(), r.GetId(), err)
	}
	if before := text(old, keyFieldManager); before != "" && before != manager {
		if err := p.cluster.Relinquish(ctx, live, before); err != nil {
			return nil, initFailed(r.GetId(), live, d.inputs, manager, err)
		}
	}
	live, err = p.awaitReady(ctx, d, live)
	if err != nil {
		return nil, initFailed(r.GetId(), live, d.inputs, manager, err)
	}
	kept, err := state(live, d.inputs, manager)
	return &pulumirpc.UpdateResponse{Properties: kept}, err
}

// previewUpdate is [Provider.previewCreate] for an object that exists: a conflict shows already here.
func (p *Provider) previewUpdate(
	ctx context.Context, d desired, manager string, r *pulumirpc.UpdateRequest,
) (*pulumirpc.UpdateResponse, error) {
	inputsOnly := &pulumirpc.UpdateResponse{Properties: r.GetNews()}
	if d.unknowns || p.reach(ctx) != nil {
		return inputsOnly, nil
	}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	dryRun, err := p.apply(ctx, d, manager, true)
	switch {
	case apierrors.IsInvalid(err), apierrors.IsBadRequest(err), apierrors.IsConflict(err):
		return nil, fmt.Errorf("updating %s %s: %w", d.object.GetKind(), r.GetId(), err)
	case err != nil:
		return inputsOnly, nil
	}
	preview, err := previewState(dryRun, d, manager)
	return &pulumirpc.UpdateResponse{Properties: preview}, err
}
