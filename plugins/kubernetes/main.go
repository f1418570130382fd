// Command pulumi-resource-kubernetes serves the package kubernetes over Pulumi's provider
// protocol, for networks in which the official plugin can't be downloaded.
package main

import (
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// version is that of the npm package @pulumi/kubernetes whose resources this plugin serves.
const version = "4.34.2"

func main() {
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve listens on a loopback port of the system's choice and prints it, as the engine expects of a plugin.
func serve() error {
	p := newProvider()
	if len(os.Args) > 1 {
		if err := p.connectEngine(os.Args[len(os.Args)-1]); err != nil {
			return err
		}
	}
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Init: func(s *grpc.Server) error {
			pulumirpc.RegisterResourceProviderServer(s, p)
			return nil
		},
	})
	if err != nil {
		return err
	}
	fmt.Println(handle.Port)
	return <-handle.Done
}
