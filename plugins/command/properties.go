package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// open returns a copy without secret markers.
func open(m resource.PropertyMap) resource.PropertyMap {
	result := resource.PropertyMap{}
	for key, value := range m {
		result[key] = openValue(value)
	}
	return result
}

func openValue(v resource.PropertyValue) resource.PropertyValue {
	switch {
	case v.IsSecret():
		return openValue(v.SecretValue().Element)
	case v.IsOutput():
		return openValue(v.OutputValue().Element)
	case v.IsObject():
		return resource.NewProperty(open(v.ObjectValue()))
	case v.IsArray():
		var items []resource.PropertyValue
		for _, item := range v.ArrayValue() {
			items = append(items, openValue(item))
		}
		return resource.NewProperty(items)
	default:
		return v
	}
}

// text returns a string property, or "" when it is unset.
func text(m resource.PropertyMap, key resource.PropertyKey) string {
	if v := openValue(m[key]); v.IsString() {
		return v.StringValue()
	}
	return ""
}

// number returns a numeric property, or fallback when it is unset.
func number(m resource.PropertyMap, key resource.PropertyKey, fallback float64) float64 {
	if v := openValue(m[key]); v.IsNumber() {
		return v.NumberValue()
	}
	return fallback
}

// object returns a nested object, or an empty one when it is unset.
func object(m resource.PropertyMap, key resource.PropertyKey) resource.PropertyMap {
	if v := openValue(m[key]); v.IsObject() {
		return v.ObjectValue()
	}
	return resource.PropertyMap{}
}

// list returns an array of strings, or nil when it is unset.
func list(m resource.PropertyMap, key resource.PropertyKey) []string {
	var items []string
	if v := openValue(m[key]); v.IsArray() {
		for _, item := range v.ArrayValue() {
			if item.IsString() {
				items = append(items, item.StringValue())
			}
		}
	}
	return items
}

// flag returns a boolean property, or fallback when it is unset.
func flag(m resource.PropertyMap, key resource.PropertyKey, fallback bool) bool {
	if v := openValue(m[key]); v.IsBool() {
		return v.BoolValue()
	}
	return fallback
}
