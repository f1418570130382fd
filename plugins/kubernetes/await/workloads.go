package await

import (
	"context"
	"fmt"

	"certificate-lab/plugins/kubernetes/cluster"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// typed reads an object into its Go type.
func typed[T any](object *unstructured.Unstructured) (*T, error) {
	result := new(T)
	return result, runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, result)
}

// replicas is the number a workload asks for; the API's default is one.
func replicas(wanted *int32) int32 {
	if wanted == nil {
		return 1
	}
	return *wanted
}

// deployment is rolled out when the controller has seen this generation, every replica is of the current template and
// available, and the Available condition agrees: k8s.io/kubectl/pkg/polymorphichelpers, `kubectl rollout status`.
func deployment(ctx context.Context, c *cluster.Cluster, live *unstructured.Unstructured) (state, error) {
	d, err := typed[appsv1.Deployment](live)
	if err != nil {
		return state{}, err
	}
	if d.Status.ObservedGeneration < d.Generation {
		return waiting("[1/2] Waiting for the Deployment controller"), nil
	}
	wanted, status := replicas(d.Spec.Replicas), d.Status
	available := false
	var reasons []string
	for _, condition := range status.Conditions {
		switch {
		case condition.Type == appsv1.DeploymentAvailable:
			available = condition.Status == corev1.ConditionTrue
		case condition.Type == appsv1.DeploymentProgressing && condition.Reason == "ProgressDeadlineExceeded",
			condition.Type == appsv1.DeploymentReplicaFailure && condition.Status == corev1.ConditionTrue:
			reasons = append(reasons, condition.Message)
		}
	}
	if available && status.UpdatedReplicas == wanted && status.Replicas == wanted && status.AvailableReplicas == wanted {
		return ready(), nil
	}
	progress := fmt.Sprintf("[2/2] Waiting for Pods: %d updated, %d available of %d",
		status.UpdatedReplicas, status.AvailableReplicas, wanted)
	return waiting(progress, append(podReasons(ctx, c, live.GetNamespace(), d.Spec.Selector), reasons...)...), nil
}

func statefulSet(ctx context.Context, c *cluster.Cluster, live *unstructured.Unstructured) (state, error) {
	s, err := typed[appsv1.StatefulSet](live)
	if err != nil {
		return state{}, err
	}
	if s.Status.ObservedGeneration < s.Generation {
		return waiting("[1/2] Waiting for the StatefulSet controller"), nil
	}
	wanted, status := replicas(s.Spec.Replicas), s.Status
	// Under a partition or OnDelete old Pods stay, by design.
	update := s.Spec.UpdateStrategy
	staged := update.Type == appsv1.OnDeleteStatefulSetStrategyType ||
		update.RollingUpdate != nil && update.RollingUpdate.Partition != nil && *update.RollingUpdate.Partition > 0
	if status.ReadyReplicas == wanted && (staged || status.UpdateRevision == status.CurrentRevision) {
		return ready(), nil
	}
	progress := fmt.Sprintf("[2/2] Waiting for Pods: %d updated, %d ready of %d",
		status.UpdatedReplicas, status.ReadyReplicas, wanted)
	return waiting(progress, podReasons(ctx, c, live.GetNamespace(), s.Spec.Selector)...), nil
}

func daemonSet(ctx context.Context, c *cluster.Cluster, live *unstructured.Unstructured) (state, error) {
	d, err := typed[appsv1.DaemonSet](live)
	if err != nil {
		return state{}, err
	}
	if d.Status.ObservedGeneration < d.Generation {
		return waiting("[1/2] Waiting for the DaemonSet controller"), nil
	}
	wanted, status := d.Status.DesiredNumberScheduled, d.Status
	updated := status.UpdatedNumberScheduled == wanted ||
		d.Spec.UpdateStrategy.Type == appsv1.OnDeleteDaemonSetStrategyType
	if updated && status.NumberAvailable == wanted {
		return ready(), nil
	}
	progress := fmt.Sprintf("[2/2] Waiting for Pods: %d updated, %d available of %d",
		status.UpdatedNumberScheduled, status.NumberAvailable, wanted)
	return waiting(progress, podReasons(ctx, c, live.GetNamespace(), d.Spec.Selector)...), nil
}

func replicationController(
	ctx context.Context, c *cluster.Cluster, live *unstructured.Unstructured,
) (state, error) {
	r, err := typed[corev1.ReplicationController](live)
	if err != nil {
		return state{}, err
	}
	wanted := replicas(r.Spec.Replicas)
	if r.Status.ObservedGeneration >= r.Generation && r.Status.AvailableReplicas == wanted {
		return ready(), nil
	}
	selector := &metav1.LabelSelector{MatchLabels: r.Spec.Selector}
	return waiting(fmt.Sprintf("Waiting for Pods: %d available of %d", r.Status.AvailableReplicas, wanted),
		podReasons(ctx, c, live.GetNamespace(), selector)...), nil
}

func job(ctx context.Context, c *cluster.Cluster, live *unstructured.Unstructured) (state, error) {
	j, err := typed[batchv1.Job](live)
	if err != nil {
		return state{}, err
	}
	for _, condition := range j.Status.Conditions {
		if condition.Status != corev1.ConditionTrue {
			continue
		}
		switch condition.Type {
		case batchv1.JobComplete:
			return ready(), nil
		case batchv1.JobFailed:
			return state{failed: true, reasons: []string{condition.Reason + ": " + condition.Message}}, nil
		}
	}
	if j.Spec.Suspend != nil && *j.Spec.Suspend {
		return waiting("Waiting for the Job, which is suspended"), nil
	}
	progress := fmt.Sprintf("Waiting for the Job: %d Pods active, %d succeeded, %d failed",
		j.Status.Active, j.Status.Succeeded, j.Status.Failed)
	return waiting(progress, podReasons(ctx, c, live.GetNamespace(), j.Spec.Selector)...), nil
}
