package provider

import (
	"context"
	"sort"

	"certificate-lab/plugins/kubernetes/properties"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Diff compares what was asked for with what is asked for now. What the API server adds by itself is never part of
// it, and drift is: Read puts it into the old inputs.
func (p *Provider) Diff(_ context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	oldInputs, err := properties.Read(r.GetOldInputs())
	if err != nil {
		return nil, err
	}
	newInputs, err := properties.Read(r.GetNews())
	if err != nil {
		return nil, err
	}
	old, news := comparable(oldInputs), comparable(newInputs)
	oldMetadata, _ := metadataOf(old)
	newMetadata, known := metadataOf(news)
	if known {
		alignNamespace(r.GetId(), oldMetadata, newMetadata)
	}
	diff := old.Diff(news)
	if diff == nil {
		return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE, HasDetailedDiff: true}, nil
	}
	response := &pulumirpc.DiffResponse{
		Changes:         pulumirpc.DiffResponse_DIFF_SOME,
		HasDetailedDiff: true,
		DetailedDiff:    map[string]*pulumirpc.PropertyDiff{},
	}
	for _, key := range diff.ChangedKeys() {
		response.Diffs = append(response.Diffs, string(key))
	}
	immutable := p.immutable(resource.URN(r.GetUrn()), old, news)
	for path, change := range plugin.NewDetailedDiffFromObjectDiff(diff, true) {
		parsed, err := resource.ParsePropertyPath(path)
		if err != nil {
			return nil, err
		}
		if immutable(parsed) {
			change.Kind = change.Kind.AsReplace()
			response.Replaces = append(response.Replaces, path)
		}
		response.DetailedDiff[path] = &pulumirpc.PropertyDiff{
			Kind: pulumirpc.PropertyDiff_Kind(change.Kind), InputDiff: true,
		}
	}
	sort.Strings(response.Replaces)
	// Two objects can't have one name; only a name that was chosen here can change.
	response.DeleteBeforeReplace = len(response.Replaces) > 0 && !isAutonamed(newMetadata) &&
		newMetadata["name"].DeepEquals(oldMetadata["name"]) &&
		newMetadata["namespace"].DeepEquals(oldMetadata["namespace"])
	return response, nil
}

// comparable returns inputs without what doesn't count: secret markers and internal keys.
func comparable(m resource.PropertyMap) resource.PropertyMap {
	return properties.OpenMap(withoutInternal(m))
}

// alignNamespace makes a namespace that neither side names no difference. The ID knows the real one, or that there is
// none.
func alignNamespace(id string, old, news resource.PropertyMap) {
	namespace, _ := splitID(id)
	if namespace == "" {
		delete(old, "namespace")
		delete(news, "namespace")
		return
	}
	for _, metadata := range []resource.PropertyMap{old, news} {
		if !metadata.HasValue("namespace") {
			metadata["namespace"] = resource.NewProperty(namespace)
		}
	}
}
