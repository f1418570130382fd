// Package engine sends what people should see to the Pulumi engine.
package engine

import (
	"context"
	"fmt"
	"sync/atomic"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// Client is the connection to the engine. Until it is connected messages go nowhere.
type Client struct {
	rpc atomic.Pointer[pulumirpc.EngineClient]
}

// Connect names the engine's address, host:port.
func (c *Client) Connect(address string) error {
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return fmt.Errorf("the engine at %s: %w", address, err)
	}
	rpc := pulumirpc.NewEngineClient(connection)
	c.rpc.Store(&rpc)
	return nil
}

// Log returns a log for the resource with that URN; with "" messages belong to the whole update.
func (c *Client) Log(urn string) *Log {
	return &Log{client: c, urn: urn}
}

// Log is one resource's messages. It may be used from several goroutines.
type Log struct {
	client *Client
	urn    string
	status atomic.Pointer[string]
}

// Info shows a message that stays.
func (l *Log) Info(ctx context.Context, format string, args ...any) {
	l.send(ctx, pulumirpc.LogSeverity_INFO, false, fmt.Sprintf(format, args...))
}

// Warning shows a message that stays and is counted as a warning.
func (l *Log) Warning(ctx context.Context, format string, args ...any) {
	l.send(ctx, pulumirpc.LogSeverity_WARNING, false, fmt.Sprintf(format, args...))
}

// Status replaces the resource's progress line; it says nothing twice in a row.
func (l *Log) Status(ctx context.Context, format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	if last := l.status.Swap(&message); last != nil && *last == message {
		return
	}
	l.send(ctx, pulumirpc.LogSeverity_INFO, true, message)
}

// send never fails: losing a message must not fail the work it describes.
func (l *Log) send(ctx context.Context, severity pulumirpc.LogSeverity, ephemeral bool, message string) {
	rpc := l.client.rpc.Load()
	if rpc == nil {
		return
	}
	_, _ = (*rpc).Log(context.WithoutCancel(ctx), &pulumirpc.LogRequest{
		Severity:  severity,
		Message:   message,
		Urn:       l.urn,
		Ephemeral: ephemeral,
	})
}
