package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"certificate-lab/plugins/internal/engine"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// cluster applies, reads and deletes objects of any kind.
type cluster struct {
	client dynamic.Interface
	kinds  *kinds
	// namespace is that of objects which name none.
	namespace string
	// force takes fields over from other managers.
	force bool
}

// kubeconfigOf reads a kubeconfig's contents, or the file at its path; kubectl's own defaults when it is unset.
func kubeconfigOf(settings resource.PropertyMap) clientcmd.ClientConfig {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	contextName := engine.Text(settings, "context")
	overrides := &clientcmd.ConfigOverrides{
		CurrentContext: contextName, Context: api.Context{Namespace: engine.Text(settings, "namespace")},
	}
	text := engine.Text(settings, "kubeconfig")
	if _, err := os.Stat(text); text != "" && err != nil {
		config, err := clientcmd.Load([]byte(text))
		if err == nil {
			return clientcmd.NewNonInteractiveClientConfig(*config, contextName, overrides, rules)
		}
	}
	rules.ExplicitPath = text
	return clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, overrides)
}

func newCluster(settings resource.PropertyMap) (*cluster, error) {
	config := kubeconfigOf(settings)
	rest, err := config.ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("kubeconfig, which holds a kubeconfig's contents or names its file: %w", err)
	}
	rest.QPS, rest.Burst = 50, 100
	rest.Timeout = time.Minute
	client, err := dynamic.NewForConfig(rest)
	if err != nil {
		return nil, err
	}
	discoverer, err := discovery.NewDiscoveryClientForConfig(rest)
	if err != nil {
		return nil, err
	}
	namespace, _, err := config.Namespace()
	if err != nil {
		return nil, err
	}
	return &cluster{client: client, kinds: &kinds{discoverer: discoverer}, namespace: namespace}, nil
}

// access finds the API of an object's kind, and fills in the namespace where the kind has one.
func (c *cluster) access(object *unstructured.Unstructured) (dynamic.ResourceInterface, error) {
	kind, err := c.kinds.find(object.GroupVersionKind())
	if err != nil {
		return nil, err
	}
	if !kind.namespaced {
		return c.client.Resource(kind.resource), nil
	}
	if object.GetNamespace() == "" {
		object.SetNamespace(c.namespace)
	}
	return c.client.Resource(kind.resource).Namespace(object.GetNamespace()), nil
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

// isUnreachable tells that nobody answers at the API server's address. A request that was cancelled says nothing of
// the server.
func isUnreachable(err error) bool {
	if errors.Is(err, context.Canceled) {
		return false
	}
	var urlError *url.Error
	var netError net.Error
	return errors.As(err, &urlError) || errors.As(err, &netError)
}
