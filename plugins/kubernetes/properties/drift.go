package properties

import (
	"encoding/base64"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	quantity "k8s.io/apimachinery/pkg/api/resource"
)

// Observe returns the inputs as the live object now shows them: unchanged where the object still is what they ask
// for, with the live value where it isn't, and without what is gone. What they don't mention isn't drift.
//
// applied is what the object would become if the inputs were applied again: where it equals the live object there is
// no drift. It may be nil; then only obvious rewritings by the API server are recognised.
func Observe(inputs resource.PropertyMap, live, applied map[string]any) resource.PropertyMap {
	seen := FromObject(live)
	o := observer{exact: applied != nil}
	reference := resource.NewProperty(FromObject(applied))
	result := resource.PropertyMap{}
	for key, value := range inputs {
		value = Open(value)
		switch {
		case strings.HasPrefix(string(key), "__"):
			result[key] = value
		case key == "stringData" && value.IsObject():
			result[key] = resource.NewProperty(observeStringData(value.ObjectValue(), seen))
		default:
			if kept, ok := o.field(value, seen, reference, key); ok {
				result[key] = kept
			}
		}
	}
	return KeepSecret(result, inputs)
}

// observeStringData compares with a Secret's data: the API server takes stringData but never shows it.
func observeStringData(inputs, live resource.PropertyMap) resource.PropertyMap {
	data := resource.PropertyMap{}
	if value := live["data"]; value.IsObject() {
		data = value.ObjectValue()
	}
	result := resource.PropertyMap{}
	for key, value := range inputs {
		if !data[key].IsString() {
			continue
		}
		decoded, err := base64.StdEncoding.DecodeString(data[key].StringValue())
		if err != nil || value.IsString() && value.StringValue() == string(decoded) {
			result[key] = value
		} else {
			result[key] = resource.NewProperty(string(decoded))
		}
	}
	return result
}

// observer walks inputs, live and applied object side by side. exact means that there is an applied object.
type observer struct{ exact bool }

func (o observer) field(
	in resource.PropertyValue, live resource.PropertyMap, applied resource.PropertyValue, key resource.PropertyKey,
) (value resource.PropertyValue, ok bool) {
	reference := resource.NewNullProperty()
	if applied.IsObject() {
		reference = applied.ObjectValue()[key]
	}
	seen, present := live[key]
	if !present {
		// The server drops what is empty, and what it doesn't know.
		return in, o.exact && reference.IsNull() || !o.exact && isEmpty(in)
	}
	return o.value(in, seen, reference), true
}

func (o observer) value(in, live, applied resource.PropertyValue) resource.PropertyValue {
	switch {
	case in.IsComputed(), o.exact && live.DeepEquals(applied):
		return in
	case in.IsObject() && live.IsObject():
		result := resource.PropertyMap{}
		for key, value := range in.ObjectValue() {
			if kept, ok := o.field(value, live.ObjectValue(), applied, key); ok {
				result[key] = kept
			}
		}
		return resource.NewProperty(result)
	case in.IsArray() && live.IsArray():
		return resource.NewProperty(o.list(in.ArrayValue(), live.ArrayValue(), applied))
	case in.DeepEquals(live), !o.exact && sameQuantity(in, live):
		return in
	default:
		return live
	}
}

func (o observer) list(in, live []resource.PropertyValue, applied resource.PropertyValue) []resource.PropertyValue {
	var reference []resource.PropertyValue
	if applied.IsArray() {
		reference = applied.ArrayValue()
	}
	if key := mergeKey(in, live); key != "" {
		return o.keyedList(in, live, reference, key)
	}
	if len(in) != len(live) {
		return live
	}
	result := make([]resource.PropertyValue, len(in))
	for i, item := range in {
		expected := resource.NewNullProperty()
		if len(reference) == len(live) {
			expected = reference[i]
		}
		result[i] = o.value(item, live[i], expected)
	}
	return result
}

// keyedList matches items by key. Items that only the live list has belong to others, unless applying the inputs
// again would remove them.
func (o observer) keyedList(in, live, applied []resource.PropertyValue, key resource.PropertyKey) []resource.PropertyValue {
	result := []resource.PropertyValue{}
	for _, item := range in {
		if seen, ok := find(live, key, item); ok {
			expected, _ := find(applied, key, item)
			result = append(result, o.value(item, seen, expected))
		}
	}
	for _, item := range live {
		_, asked := find(in, key, item)
		_, stays := find(applied, key, item)
		if !asked && o.exact && !stays {
			result = append(result, item)
		}
	}
	return result
}

// mergeKeys are those of Kubernetes' lists that are maps (x-kubernetes-list-map-keys), most common first.
var mergeKeys = []resource.PropertyKey{
	"name", "containerPort", "port", "mountPath", "devicePath", "ip", "type", "uid", "topologyKey",
}

// mergeKey returns the key by which every item of both lists is told from its neighbours, or "".
func mergeKey(lists ...[]resource.PropertyValue) resource.PropertyKey {
	for _, key := range mergeKeys {
		if unique(key, lists...) {
			return key
		}
	}
	return ""
}

func unique(key resource.PropertyKey, lists ...[]resource.PropertyValue) bool {
	for _, list := range lists {
		for i, item := range list {
			if !item.IsObject() || !item.ObjectValue().HasValue(key) {
				return false
			}
			if _, twice := find(list[:i], key, item); twice {
				return false
			}
		}
	}
	return true
}

// find returns the item of a list that has the same key as another item.
func find(list []resource.PropertyValue, key resource.PropertyKey, like resource.PropertyValue) (resource.PropertyValue, bool) {
	for _, item := range list {
		if item.IsObject() && item.ObjectValue()[key].DeepEquals(like.ObjectValue()[key]) {
			return item, true
		}
	}
	return resource.NewNullProperty(), false
}

func isEmpty(v resource.PropertyValue) bool {
	switch {
	case v.IsObject():
		return len(v.ObjectValue()) == 0
	case v.IsArray():
		return len(v.ArrayValue()) == 0
	case v.IsString():
		return v.StringValue() == ""
	case v.IsNumber():
		return v.NumberValue() == 0
	case v.IsBool():
		return !v.BoolValue()
	default:
		return v.IsNull()
	}
}

// sameQuantity knows that 1000m CPUs are one.
func sameQuantity(a, b resource.PropertyValue) bool {
	if !a.IsString() || !b.IsString() {
		return false
	}
	left, errLeft := quantity.ParseQuantity(a.StringValue())
	right, errRight := quantity.ParseQuantity(b.StringValue())
	return errLeft == nil && errRight == nil && left.Cmp(right) == 0
}
