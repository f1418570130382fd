package await

import (
	"context"
	"fmt"

	"certificate-lab/plugins/kubernetes/cluster"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// service is ready when it has endpoints, and an address where it is of type LoadBalancer. A headless one, one that
// names an external host and one without a selector have no endpoints to wait for.
func service(ctx context.Context, c *cluster.Cluster, live *unstructured.Unstructured) (state, error) {
	s, err := typed[corev1.Service](live)
	if err != nil {
		return state{}, err
	}
	targetsPods := s.Spec.Type != corev1.ServiceTypeExternalName && s.Spec.ClusterIP != corev1.ClusterIPNone &&
		len(s.Spec.Selector) > 0
	if targetsPods {
		found, err := hasEndpoints(ctx, c, s.Namespace, s.Name)
		if err != nil {
			return state{}, err
		}
		if !found {
			return waiting("[1/2] Waiting for Pods to direct traffic to",
				"no Pod matches .spec.selector yet, or none has an address"), nil
		}
	}
	if s.Spec.Type == corev1.ServiceTypeLoadBalancer && len(s.Status.LoadBalancer.Ingress) == 0 {
		return waiting("[2/2] Waiting for the load balancer's address",
			"nothing has filled .status.loadBalancer; does this cluster have a load balancer controller?"), nil
	}
	return ready(), nil
}

func hasEndpoints(ctx context.Context, c *cluster.Cluster, namespace, service string) (bool, error) {
	slices, err := c.List(ctx, discoveryv1.SchemeGroupVersion.WithKind("EndpointSlice"), namespace,
		discoveryv1.LabelServiceName+"="+service)
	if err != nil {
		return false, err
	}
	for i := range slices {
		slice, err := typed[discoveryv1.EndpointSlice](&slices[i])
		if err != nil {
			return false, err
		}
		if len(slice.Endpoints) > 0 {
			return true, nil
		}
	}
	return false, nil
}

// ingress is ready when each path's Service has endpoints and the controller has written an address into
// .status.loadBalancer.
func ingress(ctx context.Context, c *cluster.Cluster, live *unstructured.Unstructured) (state, error) {
	i, err := typed[networkingv1.Ingress](live)
	if err != nil {
		return state{}, err
	}
	for _, rule := range i.Spec.Rules {
		if rule.HTTP == nil {
			continue
		}
		for _, path := range rule.HTTP.Paths {
			if path.Backend.Service == nil {
				continue
			}
			found, err := backendReady(ctx, c, i.Namespace, path.Backend.Service.Name)
			if err != nil {
				return state{}, err
			}
			if !found {
				return waiting("[1/2] Waiting for the Service of each path",
					fmt.Sprintf("%s%s leads to Service %s, which has no endpoints",
						rule.Host, path.Path, path.Backend.Service.Name)), nil
			}
		}
	}
	if len(i.Status.LoadBalancer.Ingress) == 0 {
		return waiting("[2/2] Waiting for the ingress controller to publish an address",
			"nothing has filled .status.loadBalancer; is an ingress controller of this class running?"), nil
	}
	return ready(), nil
}

// backendReady lets a Service pass that names an external host: it has no endpoints.
func backendReady(ctx context.Context, c *cluster.Cluster, namespace, name string) (bool, error) {
	object := &unstructured.Unstructured{}
	object.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Service"))
	object.SetNamespace(namespace)
	object.SetName(name)
	live, err := c.Get(ctx, object)
	if cluster.IsGone(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if kind, _, _ := unstructured.NestedString(live.Object, "spec", "type"); kind == string(corev1.ServiceTypeExternalName) {
		return true, nil
	}
	return hasEndpoints(ctx, c, namespace, name)
}
