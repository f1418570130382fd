package provider

import (
	"context"
	"fmt"

	"certificate-lab/plugins/kubernetes/cluster"
	"certificate-lab/plugins/kubernetes/properties"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Read returns the live object, for a refresh, an import or a get. The inputs of a refresh stay as they are except
// where the object no longer is what they say. An object that is gone has no ID.
func (p *Provider) Read(ctx context.Context, r *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	urn, log := resource.URN(r.GetUrn()), p.engine.Log(r.GetUrn())
	old, err := properties.Read(r.GetProperties())
	if err != nil {
		return nil, err
	}
	d, err := p.desired(r.GetUrn(), r.GetInputs())
	if err != nil {
		return nil, err
	}
	if err := p.reach(ctx); err != nil {
		switch {
		case p.options.deleteUnreachable:
			log.Warning(ctx, "The cluster is unreachable and deleteUnreachable is set: forgotten (%v).", err)
			return &pulumirpc.ReadResponse{}, nil
		case p.options.skipUpdateUnreachable:
			log.Warning(ctx, "The cluster is unreachable and skipUpdateUnreachable is set: left as it was (%v).", err)
			return &pulumirpc.ReadResponse{Id: r.GetId(), Properties: r.GetProperties(), Inputs: r.GetInputs()}, nil
		default:
			return nil, fmt.Errorf("the cluster is unreachable. If it is gone for good, set "+
				"PULUMI_K8S_DELETE_UNREACHABLE=true and run this again: %w", err)
		}
	}
	ctx, done := p.deadline(ctx, 0, d.object)
	defer done()
	object, err := identified(urn, r.GetId(), d.inputs, old)
	if err != nil {
		return nil, err
	}
	var live *unstructured.Unstructured
	err = persist(ctx, log, func() error {
		var err error
		live, err = p.cluster.Get(ctx, object)
		if cluster.IsGone(err) {
			live, err = nil, nil
		}
		return err
	})
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading %s %s: %w", object.GetKind(), r.GetId(), err)
	case live == nil:
		return &pulumirpc.ReadResponse{}, nil
	}

	manager := d.fieldManager(old)
	inputs := d.inputs
	if len(withoutInternal(inputs)) == 0 {
		inputs = imported(live)
	} else {
		inputs = p.observe(ctx, d, manager, live)
	}
	response := &pulumirpc.ReadResponse{Id: r.GetId()}
	if response.Inputs, err = properties.Write(inputs); err != nil {
		return nil, err
	}
	response.Properties, err = state(live, inputs, manager)
	return response, err
}

// imported returns the inputs that would make an object like the live one.
func imported(live *unstructured.Unstructured) resource.PropertyMap {
	object := live.DeepCopy()
	delete(object.Object, "status")
	for _, field := range []string{
		"creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid",
	} {
		unstructured.RemoveNestedField(object.Object, "metadata", field)
	}
	for _, annotation := range []string{lastApplied, "deployment.kubernetes.io/revision"} {
		unstructured.RemoveNestedField(object.Object, "metadata", "annotations", annotation)
	}
	if len(object.GetAnnotations()) == 0 {
		object.SetAnnotations(nil)
	}
	m := properties.FromObject(object.Object)
	if isSecret(object) {
		m = properties.SecretData(m)
	}
	return m
}

// observe asks the API server, in a dry run, what applying the inputs anew would change. Nothing means no drift,
// whatever the server wrote differently, added or had added by others. Otherwise the inputs take the live values where
// the two differ. Where no dry run is possible, the inputs are compared with the live object alone.
func (p *Provider) observe(
	ctx context.Context, d desired, manager string, live *unstructured.Unstructured,
) resource.PropertyMap {
	applied, err := p.cluster.Apply(ctx, d.object, cluster.ApplyOptions{Manager: manager, Force: true, DryRun: true})
	if err != nil {
		return properties.Observe(d.inputs, live.Object, nil)
	}
	return properties.Observe(d.inputs, live.Object, applied.Object)
}
