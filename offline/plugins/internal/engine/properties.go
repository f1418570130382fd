package engine

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"google.golang.org/protobuf/types/known/structpb"
)

var options = plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, SkipNulls: true}

// Read takes properties from a request, secrets marked.
func Read(s *structpb.Struct) (resource.PropertyMap, error) {
	return plugin.UnmarshalProperties(s, options)
}

// Write makes properties of a response, secrets marked.
func Write(m resource.PropertyMap) (*structpb.Struct, error) {
	return plugin.MarshalProperties(m, options)
}

// Open returns a copy without the marks of secrets.
func Open(m resource.PropertyMap) resource.PropertyMap {
	result := resource.PropertyMap{}
	for key, value := range m {
		result[key] = OpenValue(value)
	}
	return result
}

// OpenValue returns a copy without the marks of secrets.
func OpenValue(v resource.PropertyValue) resource.PropertyValue {
	switch {
	case v.IsSecret():
		return OpenValue(v.SecretValue().Element)
	case v.IsObject():
		return resource.NewProperty(Open(v.ObjectValue()))
	case v.IsArray():
		items := make([]resource.PropertyValue, len(v.ArrayValue()))
		for i, item := range v.ArrayValue() {
			items[i] = OpenValue(item)
		}
		return resource.NewProperty(items)
	default:
		return v
	}
}

// Text returns a string property, secret or not, or "" when it is unset.
func Text(m resource.PropertyMap, key resource.PropertyKey) string {
	if v := OpenValue(m[key]); v.IsString() {
		return v.StringValue()
	}
	return ""
}

// Number returns a numeric property, secret or not, or fallback when it is unset.
func Number(m resource.PropertyMap, key resource.PropertyKey, fallback float64) float64 {
	if v := OpenValue(m[key]); v.IsNumber() {
		return v.NumberValue()
	}
	return fallback
}

// Flag returns a boolean property, secret or not, or fallback when it is unset.
func Flag(m resource.PropertyMap, key resource.PropertyKey, fallback bool) bool {
	if v := OpenValue(m[key]); v.IsBool() {
		return v.BoolValue()
	}
	return fallback
}

// Object returns a nested object, secret or not, without marks of secrets; an empty one when it is unset.
func Object(m resource.PropertyMap, key resource.PropertyKey) resource.PropertyMap {
	if v := OpenValue(m[key]); v.IsObject() {
		return v.ObjectValue()
	}
	return resource.PropertyMap{}
}

// List returns an array's strings, secret or not, or nil when it is unset.
func List(m resource.PropertyMap, key resource.PropertyKey) []string {
	v := OpenValue(m[key])
	if !v.IsArray() {
		return nil
	}
	var items []string
	for _, item := range v.ArrayValue() {
		if item.IsString() {
			items = append(items, item.StringValue())
		}
	}
	return items
}
