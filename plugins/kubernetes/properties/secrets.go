package properties

import "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

// KeepSecret marks in m what is secret at the same place in like.
func KeepSecret(m, like resource.PropertyMap) resource.PropertyMap {
	return keepSecret(resource.NewProperty(m), resource.NewProperty(like)).ObjectValue()
}

func keepSecret(v, like resource.PropertyValue) resource.PropertyValue {
	switch {
	case v.IsSecret():
		return v
	case like.IsSecret() || like.IsOutput() && like.OutputValue().Secret:
		return resource.MakeSecret(v)
	case v.IsObject() && like.IsObject():
		result := resource.PropertyMap{}
		for key, value := range v.ObjectValue() {
			result[key] = keepSecret(value, like.ObjectValue()[key])
		}
		return resource.NewProperty(result)
	case v.IsArray() && like.IsArray():
		return resource.NewProperty(keepSecretItems(v.ArrayValue(), like.ArrayValue()))
	default:
		return v
	}
}

// keepSecretItems can't tell which item moved where, so when the lengths differ one secret item makes all secret.
func keepSecretItems(items, like []resource.PropertyValue) []resource.PropertyValue {
	result := make([]resource.PropertyValue, len(items))
	moved := len(items) != len(like) && resource.NewProperty(like).ContainsSecrets()
	for i, item := range items {
		switch {
		case moved:
			result[i] = resource.MakeSecret(item)
		case i < len(like):
			result[i] = keepSecret(item, like[i])
		default:
			result[i] = item
		}
	}
	return result
}

// SecretData marks the contents of a Secret object as secret, whatever the program called them.
func SecretData(m resource.PropertyMap) resource.PropertyMap {
	for _, key := range []resource.PropertyKey{"data", "stringData"} {
		if value, ok := m[key]; ok && !value.IsSecret() {
			m[key] = resource.MakeSecret(value)
		}
	}
	return m
}
