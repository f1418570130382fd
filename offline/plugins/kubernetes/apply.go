package main

import (
	"context"
	"encoding/json"
	"fmt"

	"certificate-lab/plugins/internal/engine"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
)

// fieldManager owns what this plugin applies, as server-side apply names it.
const fieldManager = "pulumi-kubernetes"

// apply is server-side apply; it waits while the cluster isn't ready for the object. A new object must not be there
// yet.
func (c *cluster) apply(ctx context.Context, log engine.Log, object *unstructured.Unstructured, isNew bool) (*unstructured.Unstructured, error) {
	for between := (pause{}); ; {
		live, err := c.applyOnce(ctx, object, &isNew)
		if err == nil || !isPassing(err) {
			return live, err
		}
		log.Progress(ctx, fmt.Sprintf("Trying again: %v", err))
		if !between.wait(ctx) {
			return nil, fmt.Errorf("gave up waiting for the cluster: %w", err)
		}
	}
}

// applyOnce looks for an object that must not be there before the first attempt only: a later one may meet its own.
func (c *cluster) applyOnce(ctx context.Context, object *unstructured.Unstructured, isNew *bool) (*unstructured.Unstructured, error) {
	if *isNew {
		live, err := c.get(ctx, object)
		if err != nil {
			return nil, err
		}
		if live != nil {
			return nil, fmt.Errorf("%s %s already exists in the cluster; delete it, import it, or let the provider take it "+
				"over with upsertExistingObjects", object.GetKind(), idOf(live))
		}
	}
	access, err := c.access(object)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	*isNew = false
	force := c.force || object.GetAnnotations()[forceAnnotation] == "true"
	live, err := access.Patch(ctx, object.GetName(), types.ApplyPatchType, body,
		metav1.PatchOptions{FieldManager: fieldManager, Force: &force})
	if apierrors.IsConflict(err) {
		return nil, fmt.Errorf("%w; the annotation %s: \"true\" takes the fields over", err, forceAnnotation)
	}
	return live, err
}
