package provider

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"certificate-lab/plugins/kubernetes/properties"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// Invoke answers kubernetes:yaml:decode, the only function that the SDK's yaml.ConfigFile and yaml.ConfigGroup need.
func (p *Provider) Invoke(_ context.Context, r *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	if r.GetTok() != "kubernetes:yaml:decode" {
		return nil, status.Errorf(codes.Unimplemented,
			"%s needs the official kubernetes plugin; this stand-in decodes YAML only", r.GetTok())
	}
	args, err := properties.Read(r.GetArgs())
	if err != nil {
		return nil, err
	}
	objects, err := decode(text(args, "text"))
	if err != nil {
		return &pulumirpc.InvokeResponse{
			Failures: []*pulumirpc.CheckFailure{{Property: "text", Reason: err.Error()}},
		}, nil
	}
	result := resource.NewPropertyValue(objects)
	if args["text"].ContainsSecrets() {
		result = resource.MakeSecret(result)
	}
	response := &pulumirpc.InvokeResponse{}
	response.Return, err = properties.Write(resource.PropertyMap{"result": result})
	return response, err
}

// decode reads a stream of YAML documents, each an object, or of JSON objects. Empty documents are left out.
func decode(text string) ([]any, error) {
	const lookahead = 4096 // bytes in which JSON is recognised
	objects := []any{}
	decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(text), lookahead)
	for number := 1; ; number++ {
		var object map[string]any
		err := decoder.Decode(&object)
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, fmt.Errorf("document %d: %w", number, err)
		}
		if len(object) > 0 {
			objects = append(objects, object)
		}
	}
}

// Construct refuses the package's remote components by name.
func (p *Provider) Construct(_ context.Context, r *pulumirpc.ConstructRequest) (*pulumirpc.ConstructResponse, error) {
	return nil, status.Errorf(codes.Unimplemented,
		"%s needs the official kubernetes plugin; this stand-in has yaml.ConfigFile and yaml.ConfigGroup of the SDK's "+
			"first version", r.GetType())
}
