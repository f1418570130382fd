package cluster

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// IsUnreachable tells whether no answer of an API server came: no connection, no trust, no time.
func IsUnreachable(err error) bool {
	var status apierrors.APIStatus
	var request *url.Error
	return err != nil && !errors.As(err, &status) && errors.As(err, &request) && !errors.Is(err, context.Canceled)
}

// Obstacle is why a request failed that may succeed by itself a little later.
type Obstacle int

const (
	// NoObstacle means that waiting won't help.
	NoObstacle Obstacle = iota
	// Missing is a kind or namespace that may be in the making.
	Missing
	// Unavailable is an API server that doesn't answer, or not now.
	Unavailable
	// WebhookNotReady is an admission webhook whose program isn't up, or whose certificate isn't trusted yet.
	WebhookNotReady
)

// webhookFailure is how the API server words an admission webhook's failure, as opposed to its refusal:
// k8s.io/apiserver/pkg/admission/plugin/webhook/errors.
var webhookFailure = regexp.MustCompile(`failed calling webhook "([^"]+)"`)

// ObstacleIn classifies a failed request.
func ObstacleIn(err error) Obstacle {
	switch {
	case err == nil:
		return NoObstacle
	case webhookFailure.MatchString(err.Error()):
		return WebhookNotReady
	case IsGone(err), apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause):
		return Missing
	case IsUnreachable(err),
		apierrors.IsServerTimeout(err), apierrors.IsTimeout(err), apierrors.IsTooManyRequests(err),
		apierrors.IsServiceUnavailable(err), isStorageHiccup(err):
		return Unavailable
	default:
		return NoObstacle
	}
}

// isStorageHiccup tells whether etcd was busy or between two leaders, which the API server reports as its own failure.
func isStorageHiccup(err error) bool {
	return apierrors.IsInternalError(err) && strings.Contains(err.Error(), "etcdserver:")
}

// Explain words an obstacle for a progress line.
func (o Obstacle) Explain(err error) string {
	switch o {
	case Missing:
		return "Waiting for its namespace or CustomResourceDefinition: " + err.Error()
	case WebhookNotReady:
		return "Waiting for admission webhook " + webhookFailure.FindStringSubmatch(err.Error())[1] + ": " + lastCause(err)
	default:
		return "Waiting for the API server: " + err.Error()
	}
}

// lastCause is the end of a chain of reasons, where the news is.
func lastCause(err error) string {
	parts := strings.Split(err.Error(), ": ")
	if len(parts) > 2 {
		parts = parts[len(parts)-2:]
	}
	return strings.Join(parts, ": ")
}
