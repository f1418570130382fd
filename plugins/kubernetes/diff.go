package main

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// identity are the fields that make an object another one.
var identity = []string{"apiVersion", "kind", "metadata.name", "metadata.namespace"}

// immutable are fields that the API server refuses to change, by kind.
// https://kubernetes.io/docs/reference/kubernetes-api/
var immutable = map[string][]string{
	"DaemonSet":             {"spec.selector"},
	"Deployment":            {"spec.selector"},
	"Job":                   {"spec.selector", "spec.template"},
	"PersistentVolumeClaim": {"spec.storageClassName", "spec.accessModes"},
	"RoleBinding":           {"roleRef"},
	"ClusterRoleBinding":    {"roleRef"},
	"Secret":                {"type"},
	"Service":               {"spec.clusterIP"},
	"StatefulSet":           {"spec.selector", "spec.serviceName", "spec.volumeClaimTemplates"},
	"StorageClass":          {"provisioner", "parameters"},
}

// diffObjects compares what the program said last with what it says now. The cluster is not asked: fields that it
// fills in are no difference.
func diffObjects(old, news resource.PropertyMap, ignored []string) *pulumirpc.DiffResponse {
	old, news = open(old), open(news)
	response := &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}
	skip := map[resource.PropertyKey]bool{}
	for _, path := range ignored {
		skip[resource.PropertyKey(strings.SplitN(path, ".", 2)[0])] = true
	}
	diff := old.Diff(news, func(key resource.PropertyKey) bool {
		return strings.HasPrefix(string(key), "__")
	})
	if diff == nil {
		return response
	}
	for _, key := range diff.ChangedKeys() {
		if !skip[key] {
			response.Changes = pulumirpc.DiffResponse_DIFF_SOME
			response.Diffs = append(response.Diffs, string(key))
		}
	}
	if response.Changes == pulumirpc.DiffResponse_DIFF_NONE {
		return response
	}
	for _, path := range append(identity, immutable[stringOf(news["kind"])]...) {
		if !field(old, path).DeepEquals(field(news, path)) {
			response.Replaces = append(response.Replaces, path)
		}
	}
	// An object's name is taken until the old one is gone.
	response.DeleteBeforeReplace = len(response.Replaces) > 0 &&
		field(old, "metadata.name").DeepEquals(field(news, "metadata.name"))
	return response
}

// field follows a dotted path; what isn't there is null.
func field(m resource.PropertyMap, path string) resource.PropertyValue {
	value := resource.NewProperty(m)
	for _, name := range strings.Split(path, ".") {
		if !value.IsObject() {
			return resource.NewNullProperty()
		}
		value = value.ObjectValue()[resource.PropertyKey(name)]
	}
	return value
}
