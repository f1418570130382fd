package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"certificate-lab/plugins/internal/engine"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// An API server that has accepted a deletion may restart; one that is silent for longer is gone.
const silence = time.Minute

// remove deletes an object with what it owns, and returns once it is gone.
func (c *cluster) remove(ctx context.Context, log engine.Log, object *unstructured.Unstructured) error {
	access, err := c.access(object)
	if meta.IsNoMatchError(err) {
		return nil
	}
	if err != nil {
		return err
	}
	policy := propagation(object)
	err = access.Delete(ctx, object.GetName(), metav1.DeleteOptions{PropagationPolicy: &policy})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	answered := time.Now()
	waiting := ""
	for between := (pause{}); ; {
		live, err := c.get(ctx, object)
		switch {
		case err == nil && live == nil:
			return nil
		case err == nil:
			answered = time.Now()
			waiting = "it has no finalizers"
			if finalizers := live.GetFinalizers(); len(finalizers) > 0 {
				waiting = "its finalizers are " + strings.Join(finalizers, ", ")
			}
		case ctx.Err() == nil && (!isPassing(err) || time.Since(answered) > silence):
			return err
		}
		log.Progress(ctx, fmt.Sprintf("Waiting for %s %s to go; %s", object.GetKind(), idOf(object), waiting))
		if !between.wait(ctx) {
			return fmt.Errorf("%s %s is still there; %s", object.GetKind(), idOf(object), waiting)
		}
	}
}

// propagation tells what happens to the objects that this one owns; by default they go first.
func propagation(object *unstructured.Unstructured) metav1.DeletionPropagation {
	switch object.GetAnnotations()[propagationAnnotation] {
	case "background":
		return metav1.DeletePropagationBackground
	case "orphan":
		return metav1.DeletePropagationOrphan
	default:
		return metav1.DeletePropagationForeground
	}
}
