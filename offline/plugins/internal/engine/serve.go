package engine

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// How often a plugin asks whether its engine still lives; one that was killed would leave the plugin behind for ever.
const checkInterval = 10 * time.Second

// Provider is what a plugin serves: its own answers, and the Plugin that it embeds.
type Provider interface {
	pulumirpc.ResourceProviderServer
	connect(address string) error
	stop()
}

// Main serves a provider, and ends the process with an error's message when that fails. The engine starts a plugin
// with its own address as the last argument; a plugin that is started by hand gets it by Attach.
func Main(p Provider) {
	address := ""
	if len(os.Args) > 1 {
		address = os.Args[len(os.Args)-1]
	}
	if err := serve(p, address); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve listens on a loopback port of the system's choice and prints it, as the engine expects of a plugin. It ends,
// and with it what the provider runs, on a signal or when the engine is gone.
func serve(p Provider, address string) error {
	ctx, end := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer end()
	if address != "" {
		if err := p.connect(address); err != nil {
			return err
		}
		if err := rpcutil.Healthcheck(ctx, address, checkInterval, end); err != nil {
			return fmt.Errorf("watching the engine at %s: %w", address, err)
		}
	}
	cancel := make(chan bool)
	server, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: cancel,
		Init: func(s *grpc.Server) error {
			pulumirpc.RegisterResourceProviderServer(s, p)
			return nil
		},
	})
	if err != nil {
		return err
	}
	go func() {
		<-ctx.Done()
		p.stop()
		close(cancel)
	}()
	fmt.Println(server.Port)
	return <-server.Done
}
