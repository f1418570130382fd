package main

import (
	"context"
	"fmt"

	"certificate-lab/plugins/internal/engine"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// readiness tells what an object still waits for; "" when it is ready.
type readiness func(ctx context.Context, c *cluster, live *unstructured.Unstructured) (string, error)

// awaited are the kinds that the official plugin waits for; a custom resource is not waited for.
// https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/
var awaited = map[schema.GroupKind]readiness{
	{Group: "", Kind: "Pod"}:                                          pod,
	{Group: "", Kind: "Service"}:                                      service,
	{Group: "apps", Kind: "DaemonSet"}:                                daemonSet,
	{Group: "apps", Kind: "Deployment"}:                               deployment,
	{Group: "apps", Kind: "StatefulSet"}:                              statefulSet,
	{Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition"}: condition("Established"),
	{Group: "batch", Kind: "Job"}:                                     condition("Complete"),
	{Group: "networking.k8s.io", Kind: "Ingress"}:                     loadBalancer,
}

// pending tells what an object still waits for, "" when it is ready or is not waited for.
func (c *cluster) pending(ctx context.Context, live *unstructured.Unstructured) (string, error) {
	ready, known := awaited[live.GroupVersionKind().GroupKind()]
	if !known || skipsAwait(live) {
		return "", nil
	}
	return ready(ctx, c, live)
}

// await polls until the object is ready. It returns the object as it was last seen, with an error too.
func (c *cluster) await(ctx context.Context, log engine.Log, live *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	said := ""
	for between := (pause{}); ; {
		waiting, err := c.pending(ctx, live)
		if err != nil || waiting == "" {
			return live, err
		}
		if waiting != said {
			said = waiting
			log.Progress(ctx, "Waiting: "+said)
		}
		if !between.wait(ctx) {
			return live, fmt.Errorf("%s %s is not ready: %s", live.GetKind(), idOf(live), said)
		}
		current, err := c.get(ctx, live)
		switch {
		case ctx.Err() != nil || err != nil && isPassing(err):
		case err != nil:
			return live, err
		case current == nil:
			return live, fmt.Errorf("%s %s was deleted while it was waited for", live.GetKind(), idOf(live))
		default:
			live = current
		}
	}
}

func whole(object *unstructured.Unstructured, fallback int64, path ...string) int64 {
	if value, found, err := unstructured.NestedInt64(object.Object, path...); found && err == nil {
		return value
	}
	return fallback
}

func observed(object *unstructured.Unstructured) bool {
	return whole(object, 0, "status", "observedGeneration") >= object.GetGeneration()
}

// counted compares fields of the status with the number of replicas that is wanted.
func counted(object *unstructured.Unstructured, want int64, fields ...string) string {
	if !observed(object) {
		return "the controller has not seen it yet"
	}
	for _, field := range fields {
		if got := whole(object, 0, "status", field); got < want {
			return fmt.Sprintf("%s is %d of %d", field, got, want)
		}
	}
	return ""
}

func deployment(_ context.Context, _ *cluster, live *unstructured.Unstructured) (string, error) {
	want := whole(live, 1, "spec", "replicas")
	waiting := counted(live, want, "updatedReplicas", "availableReplicas")
	if extra := whole(live, 0, "status", "replicas") - want; waiting == "" && extra > 0 {
		waiting = fmt.Sprintf("%d old replicas to go", extra)
	}
	if waiting == "" || !observed(live) {
		return waiting, nil
	}
	for _, entry := range conditions(live) {
		if entry["type"] == "Progressing" && entry["reason"] == "ProgressDeadlineExceeded" {
			return "", fmt.Errorf("Deployment %s failed: %s; %v", idOf(live), waiting, entry["message"])
		}
		if entry["type"] == "ReplicaFailure" && entry["status"] == "True" {
			waiting += fmt.Sprintf(": %v", entry["message"])
		}
	}
	return waiting, nil
}

func statefulSet(_ context.Context, _ *cluster, live *unstructured.Unstructured) (string, error) {
	return counted(live, whole(live, 1, "spec", "replicas"), "updatedReplicas", "readyReplicas"), nil
}

func daemonSet(_ context.Context, _ *cluster, live *unstructured.Unstructured) (string, error) {
	return counted(live, whole(live, 0, "status", "desiredNumberScheduled"), "updatedNumberScheduled", "numberAvailable"), nil
}

func conditions(live *unstructured.Unstructured) []map[string]any {
	var result []map[string]any
	items, _, _ := unstructured.NestedSlice(live.Object, "status", "conditions")
	for _, item := range items {
		if entry, ok := item.(map[string]any); ok {
			result = append(result, entry)
		}
	}
	return result
}

// condition waits for status.conditions to have this type as True; a Job's Failed ends the wait.
func condition(wanted string) readiness {
	return func(_ context.Context, _ *cluster, live *unstructured.Unstructured) (string, error) {
		for _, entry := range conditions(live) {
			if entry["status"] != "True" {
				continue
			}
			switch entry["type"] {
			case wanted:
				return "", nil
			case "Failed":
				return "", fmt.Errorf("%s %s failed: %v", live.GetKind(), idOf(live), entry["message"])
			}
		}
		return "it is not " + wanted, nil
	}
}

// pod waits until it serves, or has done its work.
func pod(ctx context.Context, c *cluster, live *unstructured.Unstructured) (string, error) {
	if phase, _, _ := unstructured.NestedString(live.Object, "status", "phase"); phase == "Succeeded" {
		return "", nil
	}
	return condition("Ready")(ctx, c, live)
}

func loadBalancer(_ context.Context, _ *cluster, live *unstructured.Unstructured) (string, error) {
	if addresses, _, _ := unstructured.NestedSlice(live.Object, "status", "loadBalancer", "ingress"); len(addresses) > 0 {
		return "", nil
	}
	return "it has no address yet", nil
}

var endpointSlices = schema.GroupVersionResource{Group: "discovery.k8s.io", Version: "v1", Resource: "endpointslices"}

// service waits for an address of its type LoadBalancer, and for a pod behind its selector.
func service(ctx context.Context, c *cluster, live *unstructured.Unstructured) (string, error) {
	kind, _, _ := unstructured.NestedString(live.Object, "spec", "type")
	if kind == "LoadBalancer" {
		return loadBalancer(ctx, c, live)
	}
	selector, _, _ := unstructured.NestedMap(live.Object, "spec", "selector")
	if len(selector) == 0 || kind == "ExternalName" {
		return "", nil
	}
	slices, err := c.client.Resource(endpointSlices).Namespace(live.GetNamespace()).List(ctx,
		metav1.ListOptions{LabelSelector: "kubernetes.io/service-name=" + live.GetName()})
	if err != nil {
		return err.Error(), nil
	}
	for _, slice := range slices.Items {
		endpoints, _, _ := unstructured.NestedSlice(slice.Object, "endpoints")
		for _, item := range endpoints {
			entry, _ := item.(map[string]any)
			if ready, found, _ := unstructured.NestedBool(entry, "conditions", "ready"); ready || !found {
				return "", nil
			}
		}
	}
	return "no pod is ready behind it", nil
}
