package main

import (
	"testing"

	"certificate-lab/plugins/internal/engine"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func object(name string, replicas float64) resource.PropertyMap {
	return resource.NewPropertyMapFromMap(map[string]any{
		"apiVersion": "apps/v1", "kind": "Deployment",
		"metadata": map[string]any{"name": name},
		"spec":     map[string]any{"replicas": replicas, "selector": map[string]any{"matchLabels": map[string]any{"app": name}}},
	})
}

func TestDiff(t *testing.T) {
	if got := diffObjects(object("web", 1), object("web", 1), nil); got.GetChanges() != pulumirpc.DiffResponse_DIFF_NONE {
		t.Errorf("no change is %v", got)
	}
	if got := diffObjects(object("web", 1), object("web", 2), nil); len(got.GetReplaces()) != 0 || len(got.GetDiffs()) != 1 {
		t.Errorf("another number of replicas is %v", got)
	}
	got := diffObjects(object("web", 1), object("other", 1), nil)
	if len(got.GetReplaces()) == 0 || got.GetDeleteBeforeReplace() {
		t.Errorf("another name is %v", got)
	}
	changed := object("web", 1)
	changed["spec"].ObjectValue()["selector"] = resource.NewProperty("other")
	if got := diffObjects(object("web", 1), changed, nil); len(got.GetReplaces()) != 1 || !got.GetDeleteBeforeReplace() {
		t.Errorf("another selector is %v", got)
	}
}

func TestProjectKeepsTheProgramsShape(t *testing.T) {
	input := resource.NewProperty(resource.NewPropertyMapFromMap(map[string]any{
		"limits": map[string]any{"cpu": "1000m"}, "empty": map[string]any{}, "list": []any{"a"}, "number": 3.0,
	}))
	live := map[string]any{
		"limits": map[string]any{"cpu": "1"}, "list": []any{"b"}, "number": int64(3), "added": "by the server",
	}
	got := project(input, live).ObjectValue()
	want := resource.NewPropertyMapFromMap(map[string]any{
		"limits": map[string]any{"cpu": "1000m"}, "empty": map[string]any{}, "list": []any{"b"}, "number": 3.0,
	})
	if !got.DeepEquals(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestProjectKeepsSecrets(t *testing.T) {
	got := project(resource.MakeSecret(resource.NewProperty("old")), "new")
	if !got.IsSecret() || got.SecretValue().Element.StringValue() != "new" {
		t.Errorf("got %v", got)
	}
}

func TestNameObjectKeepsAGivenName(t *testing.T) {
	given := object("web", 1)
	if err := nameObject(given, nil, "resource", nil); err != nil || field(given, "metadata.name").StringValue() != "web" {
		t.Errorf("%v %v", given, err)
	}
	unnamed := resource.PropertyMap{}
	if err := nameObject(unnamed, nil, "Resource", []byte("seed")); err != nil {
		t.Fatal(err)
	}
	if got := field(unnamed, "metadata.name").StringValue(); len(got) != len("resource-")+8 {
		t.Errorf("the name is %q", got)
	}
}

func TestNameObjectKeepsTheNameThatItMade(t *testing.T) {
	first := resource.PropertyMap{}
	if err := nameObject(first, nil, "resource", []byte("seed")); err != nil {
		t.Fatal(err)
	}
	second := resource.PropertyMap{"metadata": resource.MakeSecret(resource.NewProperty(resource.PropertyMap{
		"annotations": resource.NewProperty(resource.PropertyMap{"note": resource.NewProperty("kept")}),
	}))}
	if err := nameObject(second, first, "resource", []byte("another")); err != nil {
		t.Fatal(err)
	}
	opened := engine.Open(second)
	if !field(opened, "metadata.name").DeepEquals(field(first, "metadata.name")) {
		t.Errorf("%v is not %v", opened, first)
	}
	if !second["metadata"].IsSecret() || field(opened, "metadata.annotations.note").StringValue() != "kept" {
		t.Errorf("got %v", second)
	}
	if got := diffObjects(first, opened, nil); got.GetDeleteBeforeReplace() {
		t.Errorf("an object with a made name is deleted first: %v", got)
	}
}

func TestContentsAreReplacedUnlessMutable(t *testing.T) {
	configMap := func(value string) resource.PropertyMap {
		return resource.NewPropertyMapFromMap(map[string]any{
			"kind": "ConfigMap", "metadata": map[string]any{"name": "a"}, "data": map[string]any{"key": value},
		})
	}
	if got := diffObjects(configMap("1"), configMap("2"), nil); len(got.GetReplaces()) != 1 {
		t.Errorf("got %v", got)
	}
	if got := diffObjects(configMap("1"), configMap("2"), map[string]bool{"ConfigMap": true}); len(got.GetReplaces()) != 0 {
		t.Errorf("got %v", got)
	}
}

func TestConcealKeepsSecretsInOutputs(t *testing.T) {
	inputs := resource.PropertyMap{
		"kind": resource.NewProperty("Secret"),
		"spec": resource.NewProperty(resource.PropertyMap{
			"password": resource.MakeSecret(resource.NewProperty("old")), "plain": resource.NewProperty("old"),
		}),
	}
	outputs, err := outputsOf(inputs, &unstructured.Unstructured{Object: map[string]any{
		"kind": "Secret", "data": map[string]any{"key": "dmFsdWU="},
		"spec": map[string]any{"password": "new", "plain": "new", "added": "by the server"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := engine.Read(outputs)
	if err != nil {
		t.Fatal(err)
	}
	spec := got["spec"].ObjectValue()
	if !got["data"].IsSecret() || !spec["password"].IsSecret() || spec["plain"].IsSecret() || !spec.HasValue("added") {
		t.Errorf("got %v", got)
	}
}

func TestUnservedKindsAreRefused(t *testing.T) {
	waiting := resource.NewPropertyMapFromMap(map[string]any{
		"metadata": map[string]any{"annotations": map[string]any{"pulumi.com/waitFor": "condition=Ready"}},
	})
	for kind, in := range map[string]resource.PropertyMap{
		"kubernetes:helm.sh/v3:Release":     {},
		"kubernetes:core/v1:ConfigMapPatch": {},
		"kubernetes:core/v1:ConfigMap":      waiting,
	} {
		if len(refusals(kind, in)) != 1 {
			t.Errorf("%s is not refused", kind)
		}
	}
	if len(refusals("kubernetes:core/v1:ConfigMap", nil)) != 0 {
		t.Error("a ConfigMap is refused")
	}
}

func TestAStatusWithNullsIsNotReadyYet(t *testing.T) {
	live := &unstructured.Unstructured{Object: map[string]any{
		"status": map[string]any{"conditions": nil, "loadBalancer": map[string]any{"ingress": nil}},
	}}
	for name, ready := range map[string]readiness{"condition": condition("Established"), "ingress": loadBalancer, "pod": pod} {
		if waiting, err := ready(t.Context(), nil, live); err != nil || waiting == "" {
			t.Errorf("%s: %q %v", name, waiting, err)
		}
	}
}

func TestDecodeYAML(t *testing.T) {
	objects, err := decodeYAML("# nothing\n---\nkind: A\n---\n---\nkind: B\n")
	if err != nil || len(objects) != 2 {
		t.Fatalf("%v %v", objects, err)
	}
	if _, err := decodeYAML("a: [\n"); err == nil {
		t.Error("broken YAML passes")
	}
}

func TestReadiness(t *testing.T) {
	live := func(status map[string]any) *unstructured.Unstructured {
		return &unstructured.Unstructured{Object: map[string]any{
			"kind": "Deployment", "metadata": map[string]any{"generation": int64(2)},
			"spec": map[string]any{"replicas": int64(2)}, "status": status,
		}}
	}
	for name, test := range map[string]struct {
		status map[string]any
		ready  bool
	}{
		"not seen":  {map[string]any{"observedGeneration": int64(1), "updatedReplicas": int64(2), "availableReplicas": int64(2)}, false},
		"too few":   {map[string]any{"observedGeneration": int64(2), "updatedReplicas": int64(2), "availableReplicas": int64(1)}, false},
		"old ones":  {map[string]any{"observedGeneration": int64(2), "updatedReplicas": int64(2), "availableReplicas": int64(2), "replicas": int64(3)}, false},
		"available": {map[string]any{"observedGeneration": int64(2), "updatedReplicas": int64(2), "availableReplicas": int64(2), "replicas": int64(2)}, true},
	} {
		waiting, err := deployment(t.Context(), nil, live(test.status))
		if err != nil || (waiting == "") != test.ready {
			t.Errorf("%s: %q %v", name, waiting, err)
		}
	}
}
