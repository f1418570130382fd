package main

import (
	"strings"

	"certificate-lab/plugins/internal/engine"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// namedAnnotation marks an object whose name the plugin made, as the official one does.
const namedAnnotation = "pulumi.com/autonamed"

// nameObject fills in metadata.name where the program chose none: that of the last time, else the resource's or
// generateName's with a random end.
func nameObject(news, olds resource.PropertyMap, name string, seed []byte) error {
	given := engine.OpenValue(news["metadata"])
	if given.IsComputed() {
		return nil
	}
	metadata := resource.PropertyMap{}
	if given.IsObject() {
		metadata = unwrap(news["metadata"]).ObjectValue().Copy()
	}
	if metadata.HasValue("name") {
		return nil
	}
	if isNamed(olds) {
		metadata["name"] = field(engine.Open(olds), "metadata.name")
	} else {
		prefix := name + "-"
		if generate := engine.Text(metadata, "generateName"); generate != "" {
			prefix = generate
		}
		unique, err := resource.NewUniqueName(seed, prefix, 8, 253, nil)
		if err != nil {
			return err
		}
		metadata["name"] = resource.NewProperty(strings.ToLower(unique))
	}
	// Server-side apply knows no objects without a name.
	delete(metadata, "generateName")
	annotations := resource.PropertyMap{}
	if v := unwrap(metadata["annotations"]); v.IsObject() {
		annotations = v.ObjectValue().Copy()
	}
	annotations[namedAnnotation] = resource.NewProperty("true")
	metadata["annotations"] = wrapLike(metadata["annotations"], resource.NewProperty(annotations))
	news["metadata"] = wrapLike(news["metadata"], resource.NewProperty(metadata))
	return nil
}

// isNamed tells that the plugin made the object's name.
func isNamed(m resource.PropertyMap) bool {
	return engine.Text(engine.Object(engine.Object(m, "metadata"), "annotations"), namedAnnotation) == "true"
}

func unwrap(v resource.PropertyValue) resource.PropertyValue {
	if v.IsSecret() {
		return v.SecretValue().Element
	}
	return v
}

// wrapLike makes a value secret when another was.
func wrapLike(other, v resource.PropertyValue) resource.PropertyValue {
	if other.IsSecret() {
		return resource.MakeSecret(v)
	}
	return v
}
