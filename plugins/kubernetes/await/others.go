package await

import (
	"context"

	"certificate-lab/plugins/kubernetes/cluster"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// customResourceDefinition is ready when its kind is served. k8s.io/apiextensions-apiserver's Go types would be a large
// dependency for one condition.
func customResourceDefinition(
	_ context.Context, _ *cluster.Cluster, live *unstructured.Unstructured,
) (state, error) {
	conditions, _, err := unstructured.NestedSlice(live.Object, "status", "conditions")
	if err != nil {
		return state{}, err
	}
	var reasons []string
	for _, item := range conditions {
		condition, ok := item.(map[string]any)
		if !ok {
			continue
		}
		switch {
		case condition["type"] == "Established" && condition["status"] == "True":
			return ready(), nil
		case condition["type"] == "NamesAccepted" && condition["status"] == "False":
			message, _ := condition["message"].(string)
			reasons = append(reasons, message)
		}
	}
	return waiting("Waiting for the CustomResourceDefinition to be established", reasons...), nil
}

func namespace(_ context.Context, _ *cluster.Cluster, live *unstructured.Unstructured) (state, error) {
	n, err := typed[corev1.Namespace](live)
	if err != nil {
		return state{}, err
	}
	if n.Status.Phase == corev1.NamespaceActive {
		return ready(), nil
	}
	return waiting("Waiting for the Namespace to be active"), nil
}

func persistentVolume(_ context.Context, _ *cluster.Cluster, live *unstructured.Unstructured) (state, error) {
	v, err := typed[corev1.PersistentVolume](live)
	if err != nil {
		return state{}, err
	}
	switch v.Status.Phase {
	case corev1.VolumeAvailable, corev1.VolumeBound:
		return ready(), nil
	case corev1.VolumeFailed:
		return state{failed: true, reasons: []string{v.Status.Message}}, nil
	default:
		return waiting("Waiting for the PersistentVolume to be available"), nil
	}
}

// persistentVolumeClaim doesn't wait for the binding where that waits for a Pod.
func persistentVolumeClaim(
	ctx context.Context, c *cluster.Cluster, live *unstructured.Unstructured,
) (state, error) {
	claim, err := typed[corev1.PersistentVolumeClaim](live)
	if err != nil {
		return state{}, err
	}
	if claim.Status.Phase == corev1.ClaimBound {
		return ready(), nil
	}
	if claim.Spec.StorageClassName != nil {
		class := &unstructured.Unstructured{}
		class.SetGroupVersionKind(storagev1.SchemeGroupVersion.WithKind("StorageClass"))
		class.SetName(*claim.Spec.StorageClassName)
		found, err := c.Get(ctx, class)
		if err == nil && found.Object["volumeBindingMode"] == string(storagev1.VolumeBindingWaitForFirstConsumer) {
			return ready(), nil
		}
	}
	return waiting("Waiting for the PersistentVolumeClaim to be bound"), nil
}

// resourceQuota is ready when the controller enforces the limits that are asked for.
func resourceQuota(_ context.Context, _ *cluster.Cluster, live *unstructured.Unstructured) (state, error) {
	q, err := typed[corev1.ResourceQuota](live)
	if err != nil {
		return state{}, err
	}
	if equality.Semantic.DeepEqual(q.Spec.Hard, q.Status.Hard) {
		return ready(), nil
	}
	return waiting("Waiting for the ResourceQuota to be in force"), nil
}

// secret has something to wait for only where the cluster fills in a service account's token.
func secret(_ context.Context, _ *cluster.Cluster, live *unstructured.Unstructured) (state, error) {
	s, err := typed[corev1.Secret](live)
	if err != nil {
		return state{}, err
	}
	if s.Type != corev1.SecretTypeServiceAccountToken || len(s.Data[corev1.ServiceAccountTokenKey]) > 0 {
		return ready(), nil
	}
	return waiting("Waiting for the service account's token"), nil
}
