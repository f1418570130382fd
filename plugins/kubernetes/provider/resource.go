package provider

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"certificate-lab/plugins/kubernetes/cluster"
	"certificate-lab/plugins/kubernetes/engine"
	"certificate-lab/plugins/kubernetes/properties"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Annotations by which a program steers the provider:
// https://www.pulumi.com/registry/packages/kubernetes/installation-configuration/#pulumi-kubernetes-annotations
const (
	annotationAutonamed    = "pulumi.com/autonamed"
	annotationFieldManager = "pulumi.com/patchFieldManager"
	annotationForce        = "pulumi.com/patchForce"
	annotationPropagation  = "pulumi.com/deletionPropagationPolicy"
	annotationSkipAwait    = "pulumi.com/skipAwait"
	annotationTimeout      = "pulumi.com/timeoutSeconds"
)

// Keys of a resource's state that are no part of the object, as the official provider names them.
const (
	keyFieldManager      = "__fieldManager"
	keyInitialAPIVersion = "__initialApiVersion"
)

// desired is a resource as the engine asks for it.
type desired struct {
	urn    resource.URN
	log    *engine.Log
	inputs resource.PropertyMap
	// object is what inputs describe, without unknown fields.
	object   *unstructured.Unstructured
	unknowns bool
}

func (p *Provider) desired(urn string, inputs *structpb.Struct) (desired, error) {
	m, err := properties.Read(inputs)
	if err != nil {
		return desired{}, fmt.Errorf("the inputs of %s: %w", urn, err)
	}
	d := desired{urn: resource.URN(urn), log: p.engine.Log(urn), inputs: m}
	content, unknowns := properties.Object(withoutInternal(m))
	d.object, d.unknowns = &unstructured.Unstructured{Object: content}, unknowns
	return d, nil
}

// isPatch tells whether the resource manages some fields of an object that others own: its type is the kind with
// "Patch" behind.
func (d desired) isPatch() bool {
	return isPatch(d.urn, d.object.GetKind())
}

func isPatch(urn resource.URN, kind string) bool {
	return string(urn.Type().Name()) == kind+"Patch"
}

// skipsAwait tells whether the program asked not to wait for the object.
func skipsAwait(object *unstructured.Unstructured) bool {
	return object.GetAnnotations()[annotationSkipAwait] == "true"
}

// forced tells whether to take over fields that other field managers own.
func (p *Provider) forced(object *unstructured.Unstructured) bool {
	if value, ok := object.GetAnnotations()[annotationForce]; ok {
		return value == "true"
	}
	return p.options.patchForce
}

// fieldManager is named by the program, or kept from the state, or derived from the URN: so a creation whose answer
// was lost is known again.
func (d desired) fieldManager(state resource.PropertyMap) string {
	if name := d.object.GetAnnotations()[annotationFieldManager]; name != "" {
		return name
	}
	if name := text(state, keyFieldManager); name != "" {
		return name
	}
	sum := sha256.Sum256([]byte(d.urn))
	return "pulumi-kubernetes-" + hex.EncodeToString(sum[:4])
}

// withWarnings shows the API server's warnings at this resource.
func (p *Provider) withWarnings(ctx context.Context, d desired) context.Context {
	return cluster.WithWarnings(ctx, d.log, p.options.suppressDeprecations)
}

// kindOf returns the kind that a resource type names: kubernetes:apps/v1:Deployment.
func kindOf(urn resource.URN) (schema.GroupVersionKind, error) {
	group, version, ok := strings.Cut(string(urn.Type().Module().Name()), "/")
	if !ok {
		return schema.GroupVersionKind{}, fmt.Errorf(
			"%s isn't a kind of Kubernetes object: want kubernetes:GROUP/VERSION:KIND", urn.Type())
	}
	if group == "core" {
		group = ""
	}
	return schema.GroupVersionKind{Group: group, Version: version, Kind: string(urn.Type().Name())}, nil
}

// id is NAMESPACE/NAME, or NAME for objects without a namespace.
func id(object *unstructured.Unstructured) string {
	if object.GetNamespace() != "" {
		return object.GetNamespace() + "/" + object.GetName()
	}
	return object.GetName()
}

func splitID(id string) (namespace, name string) {
	if namespace, name, ok := strings.Cut(id, "/"); ok {
		return namespace, name
	}
	return "", id
}

// identified returns an object that has only a kind, and the namespace and name that an ID gives it. The kind comes
// from the first of the candidates that has one, else from the URN.
func identified(urn resource.URN, id string, candidates ...resource.PropertyMap) (*unstructured.Unstructured, error) {
	object := &unstructured.Unstructured{Object: map[string]any{}}
	for _, candidate := range candidates {
		if kind := text(candidate, "kind"); kind != "" && object.GetKind() == "" {
			object.SetAPIVersion(text(candidate, "apiVersion"))
			object.SetKind(kind)
		}
	}
	if object.GetKind() == "" {
		gvk, err := kindOf(urn)
		if err != nil {
			return nil, err
		}
		object.SetGroupVersionKind(gvk)
	}
	namespace, name := splitID(id)
	if name == "" {
		return nil, fmt.Errorf("%q isn't the ID of an object: want NAMESPACE/NAME, or NAME", id)
	}
	object.SetNamespace(namespace)
	object.SetName(name)
	return object, nil
}

// withoutInternal drops the keys that are no part of the object.
func withoutInternal(m resource.PropertyMap) resource.PropertyMap {
	result := resource.PropertyMap{}
	for key, value := range m {
		if !strings.HasPrefix(string(key), "__") {
			result[key] = value
		}
	}
	return result
}
