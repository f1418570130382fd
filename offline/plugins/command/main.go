// Command pulumi-resource-command serves the packages command:local and command:remote over Pulumi's provider
// protocol, for networks in which the official plugin can't be downloaded.
package main

import "certificate-lab/plugins/internal/engine"

// version is that of the npm package @pulumi/command; the linker sets it.
var version = "0.0.0"

func main() {
	engine.Main(newProvider())
}
