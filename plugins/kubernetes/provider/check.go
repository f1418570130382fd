package provider

import (
	"context"
	"strings"

	"certificate-lab/plugins/kubernetes/properties"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Check fills in what a program may leave out, the name and the namespace, and refuses what can't be an object.
func (p *Provider) Check(ctx context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	d, err := p.desired(r.GetUrn(), r.GetNews())
	if err != nil {
		return nil, err
	}
	old, err := properties.Read(r.GetOlds())
	if err != nil {
		return nil, err
	}
	if len(old) > 0 && p.options.skipUpdateUnreachable && p.reach(ctx) != nil {
		d.log.Warning(ctx, "The cluster is unreachable and skipUpdateUnreachable is set: left as it is.")
		return &pulumirpc.CheckResponse{Inputs: r.GetOlds()}, nil
	}
	response := &pulumirpc.CheckResponse{}
	refuse := func(property, reason string) {
		response.Failures = append(response.Failures, &pulumirpc.CheckFailure{Property: property, Reason: reason})
	}
	if strings.HasSuffix(d.object.GetKind(), "List") && d.inputs.HasValue("items") {
		refuse("items", "a list isn't an object of its own: make its items resources")
	}
	if metadata, ok := metadataOf(d.inputs); ok {
		p.fillNamespace(ctx, d, metadata)
		if reason := fillName(d, metadata, old, r); reason != "" {
			refuse("metadata.name", reason)
		}
	}
	response.Inputs, err = properties.Write(d.inputs)
	return response, err
}

// metadataOf returns the metadata, to be changed in place, and creates it when there is none. It isn't ok while it is
// unknown.
func metadataOf(inputs resource.PropertyMap) (metadata resource.PropertyMap, ok bool) {
	value, present := inputs["metadata"]
	if !present {
		metadata = resource.PropertyMap{}
		inputs["metadata"] = resource.NewProperty(metadata)
		return metadata, true
	}
	for value.IsSecret() || value.IsOutput() && value.OutputValue().Known {
		if value.IsSecret() {
			value = value.SecretValue().Element
		} else {
			value = value.OutputValue().Element
		}
	}
	if !value.IsObject() {
		return nil, false
	}
	return value.ObjectValue(), true
}

// fillNamespace gives objects of namespaced kinds the default namespace and takes it from others. A kind whose
// CustomResourceDefinition isn't there yet is left for the creation to find out.
func (p *Provider) fillNamespace(ctx context.Context, d desired, metadata resource.PropertyMap) {
	if d.object.GetKind() == "" || p.reach(ctx) != nil {
		return
	}
	kind, err := p.cluster.Kind(d.object.GroupVersionKind())
	switch {
	case err != nil:
		return
	case !kind.Namespaced:
		delete(metadata, "namespace")
	case !metadata.HasValue("namespace"):
		metadata["namespace"] = resource.NewProperty(p.cluster.Namespace)
	}
}

// fillName keeps a name that was chosen here before, else chooses one as the user's autonaming settings say. It
// returns a reason when there can't be one.
func fillName(d desired, metadata, old resource.PropertyMap, r *pulumirpc.CheckRequest) string {
	switch {
	case metadata.HasValue("name"):
		return ""
	case metadata.HasValue("generateName"):
		return "metadata.generateName doesn't go with server-side apply; set metadata.name, or neither"
	case d.isPatch():
		return "a Patch resource needs the name of the object that it changes"
	}
	oldMetadata, _ := metadataOf(properties.OpenMap(old))
	if isAutonamed(oldMetadata) && oldMetadata.HasValue("name") {
		setAutoname(metadata, oldMetadata["name"].StringValue())
		return ""
	}
	name := ""
	if auto := r.GetAutonaming(); auto != nil {
		name = auto.GetProposedName()
		if auto.GetMode() == pulumirpc.CheckRequest_AutonamingOptions_DISABLE {
			return "metadata.name isn't set, and autonaming is disabled"
		}
	}
	if name == "" {
		var err error
		if name, err = resource.NewUniqueName(r.GetRandomSeed(), d.urn.Name()+"-", 0, 0, nil); err != nil {
			return err.Error()
		}
	}
	setAutoname(metadata, name)
	return ""
}

func setAutoname(metadata resource.PropertyMap, name string) {
	annotations := resource.PropertyMap{}
	if value := properties.Open(metadata["annotations"]); value.IsObject() {
		annotations = value.ObjectValue()
	}
	annotations[annotationAutonamed] = resource.NewProperty("true")
	metadata["annotations"] = resource.NewProperty(annotations)
	metadata["name"] = resource.NewProperty(name)
}

func isAutonamed(metadata resource.PropertyMap) bool {
	annotations := properties.Open(metadata["annotations"])
	return annotations.IsObject() && text(annotations.ObjectValue(), annotationAutonamed) == "true"
}
