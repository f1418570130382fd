// Command pulumi-resource-kubernetes serves the kubernetes package over Pulumi's provider protocol, for networks in
// which the official plugin can't be downloaded.
package main

import (
	"fmt"
	"os"

	"certificate-lab/plugins/kubernetes/engine"
	"certificate-lab/plugins/kubernetes/provider"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

func main() {
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve listens on a loopback port of the system's choice and prints it, as the engine expects of a plugin. The
// engine's own address is the last argument; without one the engine attaches later, or nobody reads the messages.
func serve() error {
	host := &engine.Client{}
	if len(os.Args) > 1 {
		if err := host.Connect(os.Args[len(os.Args)-1]); err != nil {
			return err
		}
	}
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Init: func(s *grpc.Server) error {
			pulumirpc.RegisterResourceProviderServer(s, provider.New(host))
			return nil
		},
	})
	if err != nil {
		return err
	}
	fmt.Println(handle.Port)
	return <-handle.Done
}
