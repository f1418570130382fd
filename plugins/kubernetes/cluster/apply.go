package cluster

import (
	"context"
	"encoding/json"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
)

// ApplyOptions are server-side apply's:
// https://kubernetes.io/docs/reference/using-api/server-side-apply/
type ApplyOptions struct {
	// Manager owns the fields that are applied.
	Manager string
	// Force takes over fields that others own; without it they are a conflict.
	Force bool
	// DryRun changes nothing and returns what would be.
	DryRun bool
}

// Apply creates or updates the object by server-side apply and returns it as it then is.
func (c *Cluster) Apply(
	ctx context.Context, object *unstructured.Unstructured, options ApplyOptions,
) (*unstructured.Unstructured, error) {
	client, err := c.resource(object)
	if err != nil {
		return nil, err
	}
	patch, err := json.Marshal(object.Object)
	if err != nil {
		return nil, err
	}
	patchOptions := metav1.PatchOptions{
		FieldManager:    options.Manager,
		Force:           &options.Force,
		FieldValidation: metav1.FieldValidationWarn,
	}
	if options.DryRun {
		patchOptions.DryRun = []string{metav1.DryRunAll}
	}
	return client.Patch(ctx, object.GetName(), types.ApplyPatchType, patch, patchOptions)
}

// Relinquish gives up the fields that a manager owns; those that nobody else owns go.
func (c *Cluster) Relinquish(ctx context.Context, object *unstructured.Unstructured, manager string) error {
	identity := &unstructured.Unstructured{}
	identity.SetGroupVersionKind(object.GroupVersionKind())
	identity.SetNamespace(object.GetNamespace())
	identity.SetName(object.GetName())
	_, err := c.Apply(ctx, identity, ApplyOptions{Manager: manager, Force: true})
	return err
}

// Manages tells whether a manager owns fields of the object by server-side apply.
func Manages(object *unstructured.Unstructured, manager string) bool {
	for _, entry := range object.GetManagedFields() {
		if entry.Manager == manager && entry.Operation == metav1.ManagedFieldsOperationApply {
			return true
		}
	}
	return false
}
