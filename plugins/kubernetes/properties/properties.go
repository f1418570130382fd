// Package properties converts between Pulumi's property values and Kubernetes objects.
package properties

import (
	"math"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"google.golang.org/protobuf/types/known/structpb"
)

var marshal = plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, SkipNulls: true}

// Read takes properties off the wire. Secrets stay marked and unknown values stay unknown.
func Read(s *structpb.Struct) (resource.PropertyMap, error) {
	return plugin.UnmarshalProperties(s, marshal)
}

// Write is the opposite of [Read].
func Write(m resource.PropertyMap) (*structpb.Struct, error) {
	return plugin.MarshalProperties(m, marshal)
}

// Open returns a value without secret markers; an output whose value isn't known becomes unknown.
func Open(v resource.PropertyValue) resource.PropertyValue {
	switch {
	case v.IsSecret():
		return Open(v.SecretValue().Element)
	case v.IsOutput():
		if !v.OutputValue().Known {
			return resource.MakeComputed(resource.NewProperty(""))
		}
		return Open(v.OutputValue().Element)
	case v.IsObject():
		return resource.NewProperty(OpenMap(v.ObjectValue()))
	case v.IsArray():
		items := make([]resource.PropertyValue, len(v.ArrayValue()))
		for i, item := range v.ArrayValue() {
			items[i] = Open(item)
		}
		return resource.NewProperty(items)
	default:
		return v
	}
}

// OpenMap opens every value of a map.
func OpenMap(m resource.PropertyMap) resource.PropertyMap {
	result := resource.PropertyMap{}
	for key, value := range m {
		result[key] = Open(value)
	}
	return result
}

// Object returns the Kubernetes object that properties describe, without unknown fields, and whether there were any.
func Object(m resource.PropertyMap) (object map[string]any, unknowns bool) {
	object = map[string]any{}
	for key, value := range m {
		item, unknown := plain(Open(value))
		unknowns = unknowns || unknown
		if item != nil {
			object[string(key)] = item
		}
	}
	return object, unknowns
}

func plain(v resource.PropertyValue) (value any, unknowns bool) {
	switch {
	case v.IsComputed():
		return nil, true
	case v.IsObject():
		return Object(v.ObjectValue())
	case v.IsArray():
		items := []any{}
		for _, element := range v.ArrayValue() {
			item, unknown := plain(element)
			unknowns = unknowns || unknown
			items = append(items, item)
		}
		return items, unknowns
	case v.IsNumber():
		return number(v.NumberValue()), false
	case v.IsBool():
		return v.BoolValue(), false
	case v.IsString():
		return v.StringValue(), false
	default:
		return nil, false
	}
}

// number keeps whole numbers whole: most of Kubernetes' numbers are integers, Pulumi's are all floats.
func number(f float64) any {
	const exact = 1 << 53
	if f == math.Trunc(f) && math.Abs(f) < exact {
		return int64(f)
	}
	return f
}

// FromObject returns a Kubernetes object's properties.
func FromObject(object map[string]any) resource.PropertyMap {
	return resource.NewPropertyMapFromMap(object)
}
