package await

import (
	"context"
	"fmt"

	"certificate-lab/plugins/kubernetes/cluster"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// reasonsShown keeps an error on one screen.
const reasonsShown = 5

// pod is ready when its Ready condition is, or when it has run to its end.
func pod(_ context.Context, _ *cluster.Cluster, live *unstructured.Unstructured) (state, error) {
	p, err := typed[corev1.Pod](live)
	if err != nil {
		return state{}, err
	}
	if p.Status.Phase == corev1.PodSucceeded {
		return ready(), nil
	}
	for _, condition := range p.Status.Conditions {
		if condition.Type == corev1.PodReady && condition.Status == corev1.ConditionTrue {
			return ready(), nil
		}
	}
	return waiting("Waiting for the Pod to be ready", podProblems(p)...), nil
}

// podReasons says what keeps the Pods that a selector matches from being ready. It is a help to people, so a failure
// to find out is no failure.
func podReasons(ctx context.Context, c *cluster.Cluster, namespace string, selector *metav1.LabelSelector) []string {
	if selector == nil {
		return nil
	}
	items, err := c.List(ctx, corev1.SchemeGroupVersion.WithKind("Pod"), namespace, metav1.FormatLabelSelector(selector))
	if err != nil {
		return nil
	}
	var reasons []string
	for i := range items {
		p, err := typed[corev1.Pod](&items[i])
		if err != nil || p.DeletionTimestamp != nil {
			continue
		}
		for _, problem := range podProblems(p) {
			if len(reasons) < reasonsShown {
				reasons = append(reasons, fmt.Sprintf("Pod %s: %s", p.Name, problem))
			}
		}
	}
	return reasons
}

// podProblems lists why a Pod isn't scheduled and what its containers wait for or died of.
func podProblems(p *corev1.Pod) []string {
	var problems []string
	for _, condition := range p.Status.Conditions {
		if condition.Type == corev1.PodScheduled && condition.Status == corev1.ConditionFalse {
			problems = append(problems, condition.Reason+": "+condition.Message)
		}
	}
	for _, container := range append(p.Status.InitContainerStatuses, p.Status.ContainerStatuses...) {
		if container.Ready {
			continue
		}
		switch waits, died := container.State.Waiting, container.State.Terminated; {
		case waits != nil && waits.Reason != "" && waits.Reason != "PodInitializing":
			problems = append(problems, join(container.Name, waits.Reason, waits.Message))
		case died != nil && died.ExitCode != 0:
			problems = append(problems, fmt.Sprintf("%s: %s with exit code %d", container.Name, died.Reason, died.ExitCode))
		}
	}
	return problems
}

func join(container, reason, message string) string {
	if message == "" {
		return container + ": " + reason
	}
	return container + ": " + reason + ": " + message
}
