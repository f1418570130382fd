package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

var marshal = plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, SkipNulls: true}

func read(s *structpb.Struct) (resource.PropertyMap, error) {
	return plugin.UnmarshalProperties(s, marshal)
}

// open returns a copy without secret markers.
func open(m resource.PropertyMap) resource.PropertyMap {
	return openValue(resource.NewProperty(m)).ObjectValue()
}

func openValue(v resource.PropertyValue) resource.PropertyValue {
	switch {
	case v.IsSecret():
		return openValue(v.SecretValue().Element)
	case v.IsObject():
		result := resource.PropertyMap{}
		for key, value := range v.ObjectValue() {
			result[key] = openValue(value)
		}
		return resource.NewProperty(result)
	case v.IsArray():
		items := []resource.PropertyValue{}
		for _, item := range v.ArrayValue() {
			items = append(items, openValue(item))
		}
		return resource.NewProperty(items)
	default:
		return v
	}
}

func stringOf(v resource.PropertyValue) string {
	if v.IsString() {
		return v.StringValue()
	}
	return ""
}

// isTrue reads a boolean of the provider's configuration, which the engine may send as text.
func isTrue(v resource.PropertyValue) bool {
	return v.IsBool() && v.BoolValue() || stringOf(v) == "true"
}

// toObject turns a resource's inputs into the object to apply. JSON has one kind of number, Kubernetes tells whole
// numbers apart.
func toObject(inputs resource.PropertyMap) (*unstructured.Unstructured, error) {
	content, ok := plain(openValue(resource.NewProperty(inputs))).(map[string]any)
	if !ok || content["apiVersion"] == nil || content["kind"] == nil {
		return nil, fmt.Errorf("apiVersion and kind are required")
	}
	return &unstructured.Unstructured{Object: content}, nil
}

func plain(v resource.PropertyValue) any {
	switch {
	case v.IsObject():
		result := map[string]any{}
		for key, value := range v.ObjectValue() {
			if !strings.HasPrefix(string(key), "__") {
				result[string(key)] = plain(value)
			}
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

// idOf is the official plugin's form of an id: namespace/name, or the name alone.
func idOf(object *unstructured.Unstructured) string {
	if object.GetNamespace() == "" {
		return object.GetName()
	}
	return object.GetNamespace() + "/" + object.GetName()
}

// nameObject fills in metadata.name, keeping the name of an earlier check.
func nameObject(news, olds resource.PropertyMap, name string, seed []byte) error {
	metadata := resource.PropertyMap{}
	if v := openValue(news["metadata"]); v.IsObject() {
		metadata = news["metadata"].ObjectValue()
	} else if v.IsComputed() {
		return nil
	}
	if metadata.HasValue("name") || metadata.HasValue("generateName") {
		return nil
	}
	if old := openValue(olds["metadata"]); old.IsObject() && old.ObjectValue().HasValue("name") {
		metadata["name"] = old.ObjectValue()["name"]
	} else {
		unique, err := resource.NewUniqueName(seed, name+"-", 8, 253, nil)
		if err != nil {
			return err
		}
		metadata["name"] = resource.NewProperty(strings.ToLower(unique))
	}
	news["metadata"] = resource.NewProperty(metadata)
	return nil
}

const (
	skipAwaitAnnotation = "pulumi.com/skipAwait"
	timeoutAnnotation   = "pulumi.com/timeoutSeconds"
	forceAnnotation     = "pulumi.com/patchForce"
)

func skipsAwait(object *unstructured.Unstructured) bool {
	return object.GetAnnotations()[skipAwaitAnnotation] == "true"
}

// timeoutOf is the resource's customTimeout in seconds, else its annotation, else the official plugin's 10 minutes.
func timeoutOf(object *unstructured.Unstructured, custom float64) time.Duration {
	if custom > 0 {
		return time.Duration(custom * float64(time.Second))
	}
	if seconds, err := time.ParseDuration(object.GetAnnotations()[timeoutAnnotation] + "s"); err == nil {
		return seconds
	}
	return 10 * time.Minute
}
