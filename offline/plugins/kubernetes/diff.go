package main

import (
	"strings"

	"certificate-lab/plugins/internal/engine"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// identity are the fields that make an object another one.
var identity = []string{"apiVersion", "kind", "metadata.name", "metadata.namespace"}

// immutable are fields that the API server refuses to change, by kind.
// https://kubernetes.io/docs/reference/kubernetes-api/
var immutable = map[string][]string{
	"ClusterRoleBinding":    {"roleRef"},
	"DaemonSet":             {"spec.selector"},
	"Deployment":            {"spec.selector"},
	"Job":                   {"spec.completions", "spec.selector", "spec.template"},
	"PersistentVolumeClaim": {"spec.storageClassName", "spec.accessModes", "spec.volumeName"},
	"Pod":                   {"spec"},
	"RoleBinding":           {"roleRef"},
	"Service":               {"spec.clusterIP"},
	"StatefulSet":           {"spec.podManagementPolicy", "spec.selector", "spec.serviceName", "spec.volumeClaimTemplates"},
	"StorageClass":          {"provisioner", "parameters"},
}

// replaced are the kinds whose contents the official plugin replaces with the object, so that whoever mounts them
// starts anew; the provider's enableConfigMapMutable and enableSecretMutable switch it off.
var replaced = map[string][]string{
	"ConfigMap": {"binaryData", "data"},
	"Secret":    {"type", "data", "stringData"},
}

// diffObjects compares what the program said last with what it says now. The cluster is not asked: fields that it
// fills in are no difference. What is to be ignored, the engine has put back already.
func diffObjects(old, news resource.PropertyMap, mutable map[string]bool) *pulumirpc.DiffResponse {
	old, news = engine.Open(old), engine.Open(news)
	diff := old.Diff(news)
	if diff == nil {
		return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}
	}
	response := &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_SOME}
	for _, key := range diff.ChangedKeys() {
		response.Diffs = append(response.Diffs, string(key))
	}
	kind := engine.Text(news, "kind")
	paths := append(append([]string{}, identity...), immutable[kind]...)
	if !mutable[kind] {
		paths = append(paths, replaced[kind]...)
	}
	for _, path := range paths {
		if !field(old, path).DeepEquals(field(news, path)) {
			response.Replaces = append(response.Replaces, path)
		}
	}
	// A name that the program chose is taken until the old object is gone; another is made anew.
	response.DeleteBeforeReplace = len(response.Replaces) > 0 && !isNamed(news) &&
		field(old, "metadata.name").DeepEquals(field(news, "metadata.name")) &&
		field(old, "metadata.namespace").DeepEquals(field(news, "metadata.namespace"))
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
