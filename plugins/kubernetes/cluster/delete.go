package cluster

import (
	"context"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
)

// Delete asks for the object's deletion and gives it the UID of what is being deleted; it doesn't wait for its end. An
// object, or kind of object, that isn't there is no error.
func (c *Cluster) Delete(
	ctx context.Context, object *unstructured.Unstructured, propagation metav1.DeletionPropagation,
) error {
	live, err := c.Get(ctx, object)
	if err == nil {
		uid := live.GetUID()
		object.SetUID(uid)
		var client dynamic.ResourceInterface
		if client, err = c.resource(object); err == nil {
			err = client.Delete(ctx, object.GetName(), metav1.DeleteOptions{
				PropagationPolicy: &propagation,
				Preconditions:     &metav1.Preconditions{UID: &uid},
			})
		}
	}
	if IsGone(err) {
		return nil
	}
	return err
}

// IsGone tells whether an error means that the object, or its kind, doesn't exist.
func IsGone(err error) bool {
	return err != nil && (apierrors.IsNotFound(err) || meta.IsNoMatchError(err))
}
