package main

import (
	"context"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// readiness tells what an object still waits for; "" when it is ready.
type readiness func(ctx context.Context, c *cluster, live *unstructured.Unstructured) (string, error)

// awaited are the kinds that the official plugin waits for. A custom resource is not waited for.
// https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/
var awaited = map[schema.GroupKind]readiness{
	{Group: "apps", Kind: "Deployment"}:                               deployment,
	{Group: "apps", Kind: "StatefulSet"}:                              statefulSet,
	{Group: "apps", Kind: "DaemonSet"}:                                daemonSet,
	{Group: "batch", Kind: "Job"}:                                     condition("Complete"),
	{Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition"}: condition("Established"),
	{Group: "networking.k8s.io", Kind: "Ingress"}:                     loadBalancer,
	{Group: "", Kind: "Service"}:                                      service,
}

// await polls until the object is ready, and returns it as it is then.
func (c *cluster) await(ctx context.Context, log logger, live *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	ready, known := awaited[live.GroupVersionKind().GroupKind()]
	if !known {
		return live, nil
	}
	said, waiting := "", ""
	for {
		current, err := c.get(ctx, live)
		switch {
		case err != nil && !isPassing(err) && ctx.Err() == nil:
			return nil, err
		case err != nil:
			waiting = err.Error()
		case current == nil:
			return nil, fmt.Errorf("%s %s was deleted while it was waited for", live.GetKind(), idOf(live))
		default:
			if waiting, err = ready(ctx, c, current); err != nil {
				return nil, err
			}
			if waiting == "" {
				return current, nil
			}
		}
		if waiting != said {
			said = waiting
			log.progress(ctx, "Waiting: "+said)
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%s %s is not ready: %s", live.GetKind(), idOf(live), said)
		case <-time.After(retryDelay):
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

func counted(object *unstructured.Unstructured, want int64, fields ...string) (string, error) {
	if !observed(object) {
		return "the controller has not seen it yet", nil
	}
	for _, field := range fields {
		if got := whole(object, 0, "status", field); got < want {
			return fmt.Sprintf("%s is %d of %d", field, got, want), nil
		}
	}
	return "", nil
}

func deployment(_ context.Context, _ *cluster, live *unstructured.Unstructured) (string, error) {
	want := whole(live, 1, "spec", "replicas")
	if waiting, err := counted(live, want, "updatedReplicas", "availableReplicas"); waiting != "" || err != nil {
		return waiting, err
	}
	if extra := whole(live, 0, "status", "replicas") - want; extra > 0 {
		return fmt.Sprintf("%d old replicas to go", extra), nil
	}
	return "", nil
}

func statefulSet(_ context.Context, _ *cluster, live *unstructured.Unstructured) (string, error) {
	return counted(live, whole(live, 1, "spec", "replicas"), "updatedReplicas", "readyReplicas")
}

func daemonSet(_ context.Context, _ *cluster, live *unstructured.Unstructured) (string, error) {
	return counted(live, whole(live, 0, "status", "desiredNumberScheduled"), "updatedNumberScheduled", "numberAvailable")
}

// condition waits for status.conditions to have this type as True; a Job's Failed ends the wait.
func condition(wanted string) readiness {
	return func(_ context.Context, _ *cluster, live *unstructured.Unstructured) (string, error) {
		conditions, _, err := unstructured.NestedSlice(live.Object, "status", "conditions")
		if err != nil {
			return "", err
		}
		for _, item := range conditions {
			entry, _ := item.(map[string]any)
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

func loadBalancer(_ context.Context, _ *cluster, live *unstructured.Unstructured) (string, error) {
	addresses, _, err := unstructured.NestedSlice(live.Object, "status", "loadBalancer", "ingress")
	if err != nil || len(addresses) > 0 {
		return "", err
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
