package cluster

import (
	"context"
	"strings"

	"certificate-lab/plugins/kubernetes/engine"
)

type logKey struct{}

type warningLog struct {
	log                 *engine.Log
	withoutDeprecations bool
}

// WithWarnings makes the API server's warnings about requests with this context appear in the log. Deprecations of
// API versions are left out on demand.
func WithWarnings(ctx context.Context, log *engine.Log, withoutDeprecations bool) context.Context {
	return context.WithValue(ctx, logKey{}, warningLog{log, withoutDeprecations})
}

// warnings receives the Warning headers of responses (RFC 9111, code 299).
type warnings struct{}

func (warnings) HandleWarningHeaderWithContext(ctx context.Context, code int, _ string, message string) {
	target, ok := ctx.Value(logKey{}).(warningLog)
	if !ok || code != 299 || message == "" {
		return
	}
	if target.withoutDeprecations && strings.Contains(message, "deprecated") {
		return
	}
	target.log.Warning(ctx, "%s", message)
}
