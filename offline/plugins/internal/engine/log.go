package engine

import (
	"context"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Log shows messages in the user's terminal, beside a resource when it has a URN.
type Log struct {
	engine pulumirpc.EngineClient
	urn    string
}

// Log writes beside a resource, or beside none when the URN is empty.
func (p *Plugin) Log(urn string) Log { return Log{p.engine, urn} }

func (l Log) send(ctx context.Context, message string, severity pulumirpc.LogSeverity, ephemeral bool) {
	if l.engine == nil {
		return
	}
	// A lost message is no reason to fail.
	_, _ = l.engine.Log(ctx, &pulumirpc.LogRequest{
		Severity: severity, Message: message, Urn: l.urn, Ephemeral: ephemeral,
	})
}

// Notice stays in the output.
func (l Log) Notice(ctx context.Context, message string) {
	l.send(ctx, message, pulumirpc.LogSeverity_INFO, false)
}

// Warning stays in the output, and is repeated at the end.
func (l Log) Warning(ctx context.Context, message string) {
	l.send(ctx, message, pulumirpc.LogSeverity_WARNING, false)
}

// Progress is shown while the resource is worked on.
func (l Log) Progress(ctx context.Context, message string) {
	l.send(ctx, message, pulumirpc.LogSeverity_INFO, true)
}
