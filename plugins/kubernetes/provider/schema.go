package provider

import (
	"context"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// packageSchema names the package. Its resources are as many as the cluster's kinds, and the SDK that programs use is the
// official one, so no types are described.
const packageSchema = `{
  "name": "kubernetes",
  "version": "` + Version + `",
  "description": "Any kind of Kubernetes object",
  "provider": {},
  "functions": {
    "kubernetes:yaml:decode": {
      "inputs": { "properties": { "text": { "type": "string" } }, "required": ["text"] },
      "outputs": { "properties": { "result": { "type": "array", "items": { "$ref": "pulumi.json#/Any" } } } }
    }
  }
}`

// GetSchema answers with a minimal schema.
func (p *Provider) GetSchema(
	context.Context, *pulumirpc.GetSchemaRequest,
) (*pulumirpc.GetSchemaResponse, error) {
	return &pulumirpc.GetSchemaResponse{Schema: packageSchema}, nil
}
