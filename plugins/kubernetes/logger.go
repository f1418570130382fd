package main

import (
	"context"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// logger shows messages beside a resource in the user's terminal.
type logger struct {
	engine pulumirpc.EngineClient
	urn    string
}

func (l logger) send(ctx context.Context, message string, severity pulumirpc.LogSeverity, ephemeral bool) {
	if l.engine == nil {
		return
	}
	// A lost message is no reason to fail.
	_, _ = l.engine.Log(ctx, &pulumirpc.LogRequest{
		Severity: severity, Message: message, Urn: l.urn, Ephemeral: ephemeral,
	})
}

// notice stays in the output.
func (l logger) notice(ctx context.Context, message string) {
	l.send(ctx, message, pulumirpc.LogSeverity_INFO, false)
}

func (l logger) warning(ctx context.Context, message string) {
	l.send(ctx, message, pulumirpc.LogSeverity_WARNING, false)
}

// progress is shown while the resource is worked on.
func (l logger) progress(ctx context.Context, message string) {
	l.send(ctx, message, pulumirpc.LogSeverity_INFO, true)
}
