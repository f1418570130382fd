package main

import (
	"fmt"
	"strings"
	"time"

	"certificate-lab/plugins/internal/engine"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Annotations by which a program tells the plugin how to treat an object.
// https://www.pulumi.com/registry/packages/kubernetes/annotations/
const (
	forceAnnotation       = "pulumi.com/patchForce"
	propagationAnnotation = "pulumi.com/deletionPropagationPolicy"
	skipAwaitAnnotation   = "pulumi.com/skipAwait"
	timeoutAnnotation     = "pulumi.com/timeoutSeconds"
)

// unservedAnnotations change what the official plugin does, and this one does not know them.
var unservedAnnotations = []string{"pulumi.com/patchFieldManager", "pulumi.com/replaceUnready", "pulumi.com/waitFor"}

// toObject turns a resource's inputs into the object to apply.
func toObject(inputs resource.PropertyMap) (*unstructured.Unstructured, error) {
	content, ok := plain(resource.NewProperty(engine.Open(inputs))).(map[string]any)
	if !ok || content["apiVersion"] == nil || content["kind"] == nil {
		return nil, fmt.Errorf("apiVersion and kind are required")
	}
	return &unstructured.Unstructured{Object: content}, nil
}

// locate gives an object the place that its id names, which is where it was created.
func locate(object *unstructured.Unstructured, id string) {
	if namespace, name, ok := strings.Cut(id, "/"); ok {
		object.SetNamespace(namespace)
		object.SetName(name)
	} else {
		object.SetName(id)
	}
}

// idOf is the official plugin's form of an id: namespace/name, or the name alone.
func idOf(object *unstructured.Unstructured) string {
	if object.GetNamespace() == "" {
		return object.GetName()
	}
	return object.GetNamespace() + "/" + object.GetName()
}

// plain gives a value as JSON has it, except for whole numbers, which Kubernetes tells apart.
func plain(v resource.PropertyValue) any {
	switch {
	case v.IsObject():
		result := map[string]any{}
		for key, value := range v.ObjectValue() {
			result[string(key)] = plain(value)
		}
		return result
	case v.IsArray():
		result := []any{}
		for _, item := range v.ArrayValue() {
			result = append(result, plain(item))
		}
		return result
	case v.IsNumber():
		if number := v.NumberValue(); number == float64(int64(number)) {
			return int64(number)
		}
		return v.NumberValue()
	case v.IsBool():
		return v.BoolValue()
	case v.IsString():
		return v.StringValue()
	default:
		return nil
	}
}

func skipsAwait(object *unstructured.Unstructured) bool {
	return object.GetAnnotations()[skipAwaitAnnotation] == "true"
}

// timeoutOf is the resource's customTimeout in seconds, else its annotation, else the official plugin's 10 minutes.
func timeoutOf(object *unstructured.Unstructured, custom float64) time.Duration {
	if custom > 0 {
		return time.Duration(custom * float64(time.Second))
	}
	if timeout, err := time.ParseDuration(object.GetAnnotations()[timeoutAnnotation] + "s"); err == nil {
		return timeout
	}
	return 10 * time.Minute
}
