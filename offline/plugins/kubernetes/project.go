package main

import (
	"fmt"

	"certificate-lab/plugins/internal/engine"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"google.golang.org/protobuf/types/known/structpb"
	apiresource "k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// outputsOf is what the program sees of an object: all of it as the cluster has it, secret where the program made it so.
// Who manages which field is of no use to a program, and long.
func outputsOf(inputs resource.PropertyMap, live *unstructured.Unstructured) (*structpb.Struct, error) {
	live = live.DeepCopy()
	live.SetManagedFields(nil)
	outputs := conceal(resource.NewProperty(inputs), resource.NewPropertyValue(live.Object)).ObjectValue()
	if live.GetKind() == "Secret" && outputs.HasValue("data") {
		// stringData becomes data.
		outputs["data"] = resource.MakeSecret(engine.OpenValue(outputs["data"]))
	}
	return engine.Write(outputs)
}

// conceal makes secret in a live value what is secret in the input.
func conceal(input, live resource.PropertyValue) resource.PropertyValue {
	switch {
	case input.IsSecret():
		return resource.MakeSecret(live)
	case input.IsObject() && live.IsObject():
		result := live.ObjectValue().Copy()
		for key, value := range input.ObjectValue() {
			if current, present := result[key]; present {
				result[key] = conceal(value, current)
			}
		}
		return resource.NewProperty(result)
	case input.IsArray() && live.IsArray():
		// A server may sort a list, so one secret item makes all of them secret.
		if input.ContainsSecrets() {
			return resource.MakeSecret(live)
		}
		return live
	default:
		return live
	}
}

// inputsOf is what the stack remembers as the program's inputs: the fields that the program sets, as the cluster has
// them now. Fields that the server or controllers fill in change by themselves and are no difference.
func inputsOf(inputs resource.PropertyMap, live *unstructured.Unstructured) (*structpb.Struct, error) {
	return engine.Write(project(resource.NewProperty(inputs), live.Object).ObjectValue())
}

// project gives the live value in the shape of the input: what the input doesn't name is left out, what means the
// same stays as the input says it, and secrets stay secret.
func project(input resource.PropertyValue, live any) resource.PropertyValue {
	switch {
	case input.IsSecret():
		return resource.MakeSecret(project(input.SecretValue().Element, live))
	case input.IsObject():
		fields, ok := live.(map[string]any)
		if !ok {
			return resource.NewPropertyValue(live)
		}
		result := resource.PropertyMap{}
		for key, value := range input.ObjectValue() {
			field, present := fields[string(key)]
			switch {
			case present:
				result[key] = project(value, field)
			case isEmpty(value) || key == "stringData":
				// The server drops empty fields, and turns stringData into data.
				result[key] = value
			}
		}
		return resource.NewProperty(result)
	case input.IsArray():
		items, ok := live.([]any)
		if !ok || len(items) != len(input.ArrayValue()) {
			return resource.NewPropertyValue(live)
		}
		result := make([]resource.PropertyValue, len(items))
		for i, item := range input.ArrayValue() {
			result[i] = project(item, items[i])
		}
		return resource.NewProperty(result)
	case same(input, live):
		return input
	default:
		return resource.NewPropertyValue(live)
	}
}

func isEmpty(v resource.PropertyValue) bool {
	v = engine.OpenValue(v)
	return v.IsNull() ||
		v.IsString() && v.StringValue() == "" ||
		v.IsBool() && !v.BoolValue() ||
		v.IsNumber() && v.NumberValue() == 0 ||
		v.IsArray() && len(v.ArrayValue()) == 0 ||
		v.IsObject() && allEmpty(v.ObjectValue())
}

func allEmpty(m resource.PropertyMap) bool {
	for _, value := range m {
		if !isEmpty(value) {
			return false
		}
	}
	return true
}

// same compares scalars; 1000m and 1 are one quantity.
func same(input resource.PropertyValue, live any) bool {
	given, found := fmt.Sprint(plain(input)), fmt.Sprint(live)
	if given == found {
		return true
	}
	a, err := apiresource.ParseQuantity(given)
	if err != nil {
		return false
	}
	b, err := apiresource.ParseQuantity(found)
	return err == nil && a.Cmp(b) == 0
}
