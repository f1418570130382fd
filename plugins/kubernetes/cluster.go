package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// fieldManager owns what this plugin applies, as server-side apply names it.
const fieldManager = "pulumi-kubernetes"

// retryDelay lies between two attempts at what the cluster isn't ready for.
const retryDelay = 3 * time.Second

// rediscoverDelay lies at least between two discoveries of the cluster's kinds.
const rediscoverDelay = 20 * time.Second

// cluster applies, reads and deletes objects of any kind.
type cluster struct {
	client    dynamic.Interface
	namespace string

	mapper *restmapper.DeferredDiscoveryRESTMapper

	mutex      sync.Mutex
	discovered time.Time
}

// newCluster connects by a kubeconfig's contents or path; empty means kubectl's own defaults.
func newCluster(kubeconfig, contextName, namespace string) (*cluster, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	overrides := &clientcmd.ConfigOverrides{CurrentContext: contextName, Context: api.Context{Namespace: namespace}}
	var config clientcmd.ClientConfig
	if _, err := os.Stat(kubeconfig); kubeconfig == "" || err == nil {
		if kubeconfig != "" {
			rules.ExplicitPath = kubeconfig
		}
		config = clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, overrides)
	} else {
		parsed, err := clientcmd.Load([]byte(kubeconfig))
		if err != nil {
			return nil, fmt.Errorf("kubeconfig is neither a file nor a kubeconfig's contents: %w", err)
		}
		config = clientcmd.NewNonInteractiveClientConfig(*parsed, contextName, overrides, rules)
	}
	rest, err := config.ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("kubeconfig: %w", err)
	}
	rest.QPS, rest.Burst = 50, 100
	rest.Timeout = time.Minute
	rest.WarningHandler = nil
	client, err := dynamic.NewForConfig(rest)
	if err != nil {
		return nil, err
	}
	discoverer, err := discovery.NewDiscoveryClientForConfig(rest)
	if err != nil {
		return nil, err
	}
	defaultNamespace, _, err := config.Namespace()
	if err != nil {
		return nil, err
	}
	return &cluster{
		client:    client,
		namespace: defaultNamespace,
		mapper:    restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(discoverer)),
	}, nil
}

// access finds the API of an object's kind, and fills in the namespace where the kind has one.
func (c *cluster) access(object *unstructured.Unstructured) (dynamic.ResourceInterface, error) {
	kind := object.GroupVersionKind()
	mapping, err := c.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if meta.IsNoMatchError(err) {
		c.rediscover()
		mapping, err = c.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	}
	if err != nil {
		return nil, err
	}
	if mapping.Scope.Name() != meta.RESTScopeNameNamespace {
		return c.client.Resource(mapping.Resource), nil
	}
	if object.GetNamespace() == "" {
		object.SetNamespace(c.namespace)
	}
	return c.client.Resource(mapping.Resource).Namespace(object.GetNamespace()), nil
}

// rediscover forgets the known kinds, because one may have come with a CustomResourceDefinition since. Everybody waits
// for discovery, and a slow API server takes seconds for it, so it is not done all the time.
func (c *cluster) rediscover() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if time.Since(c.discovered) > rediscoverDelay {
		c.mapper.Reset()
		c.discovered = time.Now()
	}
}

// apply is server-side apply; it waits while the cluster isn't ready for the object.
func (c *cluster) apply(ctx context.Context, log logger, object *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	force := object.GetAnnotations()[forceAnnotation] == "true"
	for {
		live, err := c.applyOnce(ctx, object, force)
		if err == nil || !isPassing(err) {
			return live, err
		}
		log.progress(ctx, fmt.Sprintf("Trying again: %v", err))
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("gave up waiting for the cluster: %w", err)
		case <-time.After(retryDelay):
		}
	}
}

func (c *cluster) applyOnce(ctx context.Context, object *unstructured.Unstructured, force bool) (*unstructured.Unstructured, error) {
	access, err := c.access(object)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	return access.Patch(ctx, object.GetName(), types.ApplyPatchType, body,
		metav1.PatchOptions{FieldManager: fieldManager, Force: &force})
}

// isPassing tells what time heals: a kind or namespace that another resource is creating, a webhook that starts up, an
// API server that is busy.
func isPassing(err error) bool {
	return meta.IsNoMatchError(err) ||
		apierrors.IsNotFound(err) ||
		apierrors.IsServerTimeout(err) || apierrors.IsTooManyRequests(err) || apierrors.IsServiceUnavailable(err) ||
		apierrors.IsTimeout(err) ||
		apierrors.IsInternalError(err) && strings.Contains(err.Error(), "failed calling webhook") ||
		isUnreachable(err)
}

// isUnreachable tells that nobody answers at the API server's address.
func isUnreachable(err error) bool {
	var urlError *url.Error
	var netError net.Error
	return errors.As(err, &urlError) || errors.As(err, &netError)
}

// get returns the live object, or nil when there is none.
func (c *cluster) get(ctx context.Context, object *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	access, err := c.access(object)
	if meta.IsNoMatchError(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	live, err := access.Get(ctx, object.GetName(), metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	return live, err
}

// remove deletes an object with what it owns, and returns once it is gone.
func (c *cluster) remove(ctx context.Context, log logger, object *unstructured.Unstructured) error {
	access, err := c.access(object)
	if meta.IsNoMatchError(err) {
		return nil
	}
	if err != nil {
		return err
	}
	foreground := metav1.DeletePropagationForeground
	err = access.Delete(ctx, object.GetName(), metav1.DeleteOptions{PropagationPolicy: &foreground})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	for {
		live, err := c.get(ctx, object)
		if err != nil || live == nil {
			return err
		}
		log.progress(ctx, fmt.Sprintf("Waiting for %s %s to go", object.GetKind(), idOf(object)))
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s %s is still there; its finalizers are %v", object.GetKind(), idOf(object), live.GetFinalizers())
		case <-time.After(retryDelay):
		}
	}
}
