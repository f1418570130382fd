// Command pulumi-resource-kubernetes serves the package kubernetes over Pulumi's provider protocol, for networks in
// which the official plugin can't be downloaded.
package main

import "certificate-lab/plugins/internal/engine"

// version is that of the npm package @pulumi/kubernetes; the linker sets it.
var version = "0.0.0"

func main() {
	engine.Main(newProvider())
}
