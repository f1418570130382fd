// Package await waits until objects are ready or gone. What ready means follows the official provider:
// https://www.pulumi.com/docs/iac/clouds/kubernetes/guides/await/
package await

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"certificate-lab/plugins/kubernetes/cluster"
	"certificate-lab/plugins/kubernetes/engine"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// interval is the time between two looks at an object. Emulated API servers answer slowly, so it isn't shorter.
const interval = 2 * time.Second

// Waiter waits for objects of one cluster and shows in its log what it waits for.
type Waiter struct {
	Cluster *cluster.Cluster
	Log     *engine.Log
}

// state is what one look at an object finds.
type state struct {
	// ready ends the wait well, failed ends it badly; neither goes on.
	ready, failed bool
	// progress is the line shown while waiting.
	progress string
	// reasons are what is wrong, for the error when the time is over.
	reasons []string
}

func ready() state { return state{ready: true} }

func waiting(progress string, reasons ...string) state {
	if len(reasons) > 0 {
		progress += ": " + reasons[0]
	}
	return state{progress: progress, reasons: reasons}
}

// check looks at a live object and what belongs to it.
type check func(ctx context.Context, c *cluster.Cluster, live *unstructured.Unstructured) (state, error)

// checks are by kind: versions of a kind share their status. Kinds that aren't here are ready once they exist, custom
// resources among them.
var checks = map[schema.GroupKind]check{
	{Group: "apps", Kind: "Deployment"}:                               deployment,
	{Group: "apps", Kind: "StatefulSet"}:                              statefulSet,
	{Group: "apps", Kind: "DaemonSet"}:                                daemonSet,
	{Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition"}: customResourceDefinition,
	{Group: "batch", Kind: "Job"}:                                     job,
	{Group: "networking.k8s.io", Kind: "Ingress"}:                     ingress,
	{Kind: "Namespace"}:                                               namespace,
	{Kind: "PersistentVolume"}:                                        persistentVolume,
	{Kind: "PersistentVolumeClaim"}:                                   persistentVolumeClaim,
	{Kind: "Pod"}:                                                     pod,
	{Kind: "ReplicationController"}:                                   replicationController,
	{Kind: "ResourceQuota"}:                                           resourceQuota,
	{Kind: "Secret"}:                                                  secret,
	{Kind: "Service"}:                                                 service,
}

// NotReadyError is an object that exists but isn't ready.
type NotReadyError struct {
	Object  string
	Cause   error
	Reasons []string
}

func (e *NotReadyError) Error() string {
	message := e.Object + " isn't ready"
	if e.Cause != nil {
		message += ": " + e.Cause.Error()
	}
	if len(e.Reasons) > 0 {
		message += "\n    - " + strings.Join(e.Reasons, "\n    - ")
	}
	return message
}

func (e *NotReadyError) Unwrap() error { return e.Cause }

// Ready waits until the object is ready and returns it. The context's end is the deadline; the error is then a
// [NotReadyError] and the object is the one last seen.
func (w Waiter) Ready(ctx context.Context, object *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	look, ok := checks[object.GroupVersionKind().GroupKind()]
	if !ok {
		return object, nil
	}
	last := state{}
	for live := object; ; {
		current, err := look(ctx, w.Cluster, live)
		switch {
		case err == nil && current.ready:
			return live, nil
		case err == nil && current.failed:
			return live, w.notReady(live, errors.New("it failed"), current)
		case err == nil:
			last = current
			w.Log.Status(ctx, "%s", current.progress)
		case ctx.Err() == nil:
			w.Log.Status(ctx, "Waiting for the API server: %v", err)
		}
		if err := pause(ctx); err != nil {
			return live, w.notReady(live, err, last)
		}
		fresh, err := w.Cluster.Get(ctx, live)
		switch {
		case err == nil:
			live = fresh
		case cluster.IsGone(err):
			return live, w.notReady(live, errors.New("it was deleted by someone else"), last)
		case ctx.Err() == nil:
			w.Log.Status(ctx, "Waiting for the API server: %v", err)
		}
	}
}

func (w Waiter) notReady(object *unstructured.Unstructured, cause error, last state) error {
	return &NotReadyError{Object: name(object), Cause: cause, Reasons: last.reasons}
}

// Gone waits until the object, the one with this UID, no longer exists.
func (w Waiter) Gone(ctx context.Context, object *unstructured.Unstructured) error {
	for {
		live, err := w.Cluster.Get(ctx, object)
		switch {
		case cluster.IsGone(err):
			return nil
		case err != nil && (cluster.ObstacleIn(err) == cluster.NoObstacle || cluster.IsUnreachable(err)) && ctx.Err() == nil:
			return err
		case err == nil && live.GetUID() != object.GetUID() && object.GetUID() != "":
			return nil
		case err == nil:
			w.Log.Status(ctx, "Waiting for %s to go%s", name(live), holders(live))
		}
		if err := pause(ctx); err != nil {
			return fmt.Errorf("%s still exists: %w", name(object), err)
		}
	}
}

// holders names what keeps a deleted object alive.
func holders(object *unstructured.Unstructured) string {
	if finalizers := object.GetFinalizers(); len(finalizers) > 0 {
		return " (finalizers: " + strings.Join(finalizers, ", ") + ")"
	}
	return ""
}

func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(interval):
		return nil
	}
}

func name(object *unstructured.Unstructured) string {
	if namespace := object.GetNamespace(); namespace != "" {
		return fmt.Sprintf("%s %s/%s", object.GetKind(), namespace, object.GetName())
	}
	return fmt.Sprintf("%s %s", object.GetKind(), object.GetName())
}
