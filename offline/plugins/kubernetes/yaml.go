package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/util/yaml"
	sigsyaml "sigs.k8s.io/yaml"
)

// decodeYAML reads a stream of documents into objects. Documents that hold nothing are left out; a List is taken apart
// by the SDK.
func decodeYAML(text string) ([]resource.PropertyValue, error) {
	objects := []resource.PropertyValue{}
	reader := yaml.NewYAMLReader(bufio.NewReader(strings.NewReader(text)))
	for number := 1; ; number++ {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, err
		}
		var object map[string]any
		if err := sigsyaml.Unmarshal(document, &object); err != nil {
			return nil, fmt.Errorf("document %d: %w", number, err)
		}
		if len(object) > 0 {
			objects = append(objects, resource.NewPropertyValue(object))
		}
	}
}
