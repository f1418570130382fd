// Package cluster talks to one Kubernetes cluster: any kind of object, by discovery.
package cluster

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/restmapper"
)

// Cluster is safe for use by several goroutines.
type Cluster struct {
	// Namespace is what objects of namespaced kinds get when they name none.
	Namespace string

	discovery discovery.DiscoveryInterface
	mapper    *restmapper.DeferredDiscoveryRESTMapper
	dynamic   dynamic.Interface
}

// New prepares the clients. It sends nothing: a cluster that doesn't answer is found by [Cluster.Probe].
func New(s Settings) (*Cluster, error) {
	config, namespace, err := s.restConfig()
	if err != nil {
		return nil, err
	}
	config.WarningHandlerWithContext = warnings{}
	config.UserAgent = "pulumi-kubernetes"
	discoveryClient, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("the cluster's discovery client: %w", err)
	}
	dynamicClient, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("the cluster's client: %w", err)
	}
	return &Cluster{
		Namespace: namespace,
		discovery: discoveryClient,
		mapper:    restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(discoveryClient)),
		dynamic:   dynamicClient,
	}, nil
}

// Probe asks the API server for its version.
func (c *Cluster) Probe(ctx context.Context) error {
	return c.discovery.RESTClient().Get().AbsPath("/version").Do(ctx).Error()
}

// Forget drops what discovery has learned, after a CustomResourceDefinition came or went.
func (c *Cluster) Forget() {
	c.mapper.Reset()
}

// Kind is what discovery says about a kind of object.
type Kind struct {
	Namespaced bool
	mapping    *meta.RESTMapping
}

// Kind looks a kind up, and asks the API server anew when it isn't known: its CustomResourceDefinition may be young.
// The error satisfies meta.IsNoMatchError when the API server doesn't serve it.
func (c *Cluster) Kind(gvk schema.GroupVersionKind) (Kind, error) {
	mapping, err := c.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if meta.IsNoMatchError(err) {
		c.mapper.Reset()
		mapping, err = c.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	}
	if err != nil {
		return Kind{}, err
	}
	return Kind{Namespaced: mapping.Scope.Name() == meta.RESTScopeNameNamespace, mapping: mapping}, nil
}

// resource returns the client for an object's kind and namespace, and fills in the default namespace.
func (c *Cluster) resource(object *unstructured.Unstructured) (dynamic.ResourceInterface, error) {
	kind, err := c.Kind(object.GroupVersionKind())
	if err != nil {
		return nil, err
	}
	client := c.dynamic.Resource(kind.mapping.Resource)
	if !kind.Namespaced {
		object.SetNamespace("")
		return client, nil
	}
	if object.GetNamespace() == "" {
		object.SetNamespace(c.Namespace)
	}
	return client.Namespace(object.GetNamespace()), nil
}

// Get returns the live object of the same kind, namespace and name.
func (c *Cluster) Get(ctx context.Context, object *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	client, err := c.resource(object)
	if err != nil {
		return nil, err
	}
	return client.Get(ctx, object.GetName(), metav1.GetOptions{})
}

// List returns the objects of a kind in a namespace that a label selector matches.
func (c *Cluster) List(
	ctx context.Context, gvk schema.GroupVersionKind, namespace, selector string,
) ([]unstructured.Unstructured, error) {
	kind, err := c.Kind(gvk)
	if err != nil {
		return nil, err
	}
	list, err := c.dynamic.Resource(kind.mapping.Resource).Namespace(namespace).
		List(ctx, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return nil, err
	}
	return list.Items, nil
}
