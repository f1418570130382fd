package provider

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"certificate-lab/plugins/kubernetes/cluster"
	"certificate-lab/plugins/kubernetes/engine"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const (
	// defaultTimeout is the official provider's for every kind it waits for.
	defaultTimeout = 10 * time.Minute
	// patience is how long an API server may be away, or a namespace or CustomResourceDefinition may be missing.
	// Admission webhooks may take the whole timeout.
	patience = 2 * time.Minute
	// retries start after firstPause and double up to lastPause.
	firstPause, lastPause = time.Second, 10 * time.Second
)

// deadline bounds an operation: by the resource's customTimeouts (seconds), else its annotation, else
// [defaultTimeout]; and it ends when the user interrupts.
func (p *Provider) deadline(
	ctx context.Context, customTimeout float64, object *unstructured.Unstructured,
) (context.Context, context.CancelFunc) {
	timeout := defaultTimeout
	if seconds, err := strconv.Atoi(object.GetAnnotations()[annotationTimeout]); err == nil && seconds > 0 {
		timeout = time.Duration(seconds) * time.Second
	}
	if customTimeout > 0 {
		timeout = time.Duration(customTimeout * float64(time.Second))
	}
	ctx, interrupt := context.WithCancelCause(ctx)
	stop := context.AfterFunc(p.running, func() { interrupt(context.Cause(p.running)) })
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("timed out after %s", timeout))
	return ctx, func() {
		stop()
		cancel()
		interrupt(nil)
	}
}

// persist repeats a request while what is in its way may pass, and shows what that is.
func persist(ctx context.Context, log *engine.Log, request func() error) error {
	start := time.Now()
	for delay := firstPause; ; delay = min(2*delay, lastPause) {
		err := request()
		obstacle := cluster.ObstacleIn(err)
		if obstacle == cluster.NoObstacle {
			return err
		}
		if obstacle != cluster.WebhookNotReady && time.Since(start) > patience {
			return err
		}
		log.Status(ctx, "%s", obstacle.Explain(err))
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", context.Cause(ctx), err)
		case <-time.After(delay):
		}
	}
}
