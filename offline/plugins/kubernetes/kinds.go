package main

import (
	"strings"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
)

// kinds knows which APIs the cluster serves. It asks for one group and version at a time: discovering all of them
// takes a slow API server seconds, and custom ones come while the program runs.
type kinds struct {
	discoverer discovery.DiscoveryInterface

	mutex sync.Mutex
	found map[schema.GroupVersionKind]kind
}

// kind is the API of one kind of objects.
type kind struct {
	resource   schema.GroupVersionResource
	namespaced bool
}

// find returns a meta.NoKindMatchError when the cluster does not serve the kind.
func (k *kinds) find(gvk schema.GroupVersionKind) (kind, error) {
	k.mutex.Lock()
	known, ok := k.found[gvk]
	k.mutex.Unlock()
	if ok {
		return known, nil
	}
	list, err := k.discoverer.ServerResourcesForGroupVersion(gvk.GroupVersion().String())
	if err != nil && !apierrors.IsNotFound(err) {
		return kind{}, err
	}
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if k.found == nil {
		k.found = map[schema.GroupVersionKind]kind{}
	}
	if list != nil {
		for _, api := range list.APIResources {
			// A subresource, such as deployments/scale, has another kind than its own.
			if !strings.Contains(api.Name, "/") {
				k.found[gvk.GroupVersion().WithKind(api.Kind)] = kind{gvk.GroupVersion().WithResource(api.Name), api.Namespaced}
			}
		}
	}
	if known, ok := k.found[gvk]; ok {
		return known, nil
	}
	return kind{}, &meta.NoKindMatchError{GroupKind: gvk.GroupKind(), SearchedVersions: []string{gvk.Version}}
}
