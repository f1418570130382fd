// Command pulumi-resource-kubernetes is Pulumi's official plugin for Kubernetes. It exists because upstream's main
// package embeds two files that its release build generates and its Go module does not contain.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	// The linker sets version.Version.
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

//go:generate go mod download github.com/pulumi/pulumi-kubernetes/provider/v4
//go:generate sh -c "install -m 644 $(go list -m -f {{.Dir}} github.com/pulumi/pulumi-kubernetes/provider/v4)/cmd/pulumi-resource-kubernetes/*.json ."

//go:embed schema.json
var schema []byte

//go:embed terraform-mapping.json
var terraformMapping []byte

func main() {
	provider.Serve("kubernetes", version.Version, schema, terraformMapping)
}
