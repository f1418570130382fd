package provider

import (
	"fmt"

	"certificate-lab/plugins/kubernetes/properties"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil/rpcerror"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// lastApplied is where kubectl keeps a whole second copy of the object, secrets included.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// state is what Pulumi keeps of a resource: the live object without its bookkeeping. What the inputs hold as secret
// is secret here too.
func state(live *unstructured.Unstructured, inputs resource.PropertyMap, manager string) (*structpb.Struct, error) {
	live = live.DeepCopy()
	live.SetManagedFields(nil)
	unstructured.RemoveNestedField(live.Object, "metadata", "annotations", lastApplied)
	m := properties.KeepSecret(properties.FromObject(live.Object), inputs)
	if isSecret(live) {
		m = properties.SecretData(m)
	}
	m[keyFieldManager] = resource.NewProperty(manager)
	m[keyInitialAPIVersion] = resource.NewProperty(live.GetAPIVersion())
	return properties.Write(m)
}

func isSecret(object *unstructured.Unstructured) bool {
	return object.GetAPIVersion() == "v1" && object.GetKind() == "Secret"
}

// previewState is the state that a dry run promises. What only the real run can know is unknown.
func previewState(dryRun *unstructured.Unstructured, d desired, manager string) (*structpb.Struct, error) {
	dryRun = dryRun.DeepCopy()
	delete(dryRun.Object, "status")
	preview, err := state(dryRun, d.inputs, manager)
	if err != nil {
		return nil, err
	}
	m, err := properties.Read(preview)
	if err != nil {
		return nil, err
	}
	unknown := resource.MakeComputed(resource.NewProperty(""))
	for _, path := range []resource.PropertyPath{
		{"metadata", "uid"}, {"metadata", "resourceVersion"}, {"metadata", "creationTimestamp"},
		{"metadata", "generation"}, {"spec", "clusterIP"}, {"spec", "clusterIPs"},
	} {
		if _, given := path.Get(resource.NewProperty(d.inputs)); given {
			continue
		}
		if _, present := path.Get(resource.NewProperty(m)); present {
			path.Set(resource.NewProperty(m), unknown)
		}
	}
	return properties.Write(m)
}

// initFailed reports a resource that exists but isn't ready: the engine keeps it and tries again at the next update.
func initFailed(
	id string, live *unstructured.Unstructured, inputs resource.PropertyMap, manager string, cause error,
) error {
	kept, err := state(live, inputs, manager)
	if err != nil {
		return err
	}
	message := fmt.Sprintf("%s exists, but: %v", id, cause)
	return rpcerror.WithDetails(rpcerror.New(codes.Unknown, message), &pulumirpc.ErrorResourceInitFailed{
		Id:         id,
		Properties: kept,
		Reasons:    []string{cause.Error()},
	})
}
