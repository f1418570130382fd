package provider

import (
	"context"
	"fmt"

	"certificate-lab/plugins/kubernetes/await"
	"certificate-lab/plugins/kubernetes/cluster"
	"certificate-lab/plugins/kubernetes/properties"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Delete deletes the object after what it owns, and waits until it is gone. One that is gone already is as well; so,
// with deleteUnreachable, is one on a cluster that doesn't answer.
func (p *Provider) Delete(ctx context.Context, r *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	urn, log := resource.URN(r.GetUrn()), p.engine.Log(r.GetUrn())
	old, err := properties.Read(r.GetProperties())
	if err != nil {
		return nil, err
	}
	object, err := identified(urn, r.GetId(), old)
	if err != nil {
		return nil, err
	}
	if err := p.reach(ctx); err != nil {
		if p.options.deleteUnreachable {
			log.Warning(ctx, "The cluster is unreachable and deleteUnreachable is set: only forgotten (%v).", err)
			return &emptypb.Empty{}, nil
		}
		return nil, fmt.Errorf("the cluster is unreachable. If it is gone for good, set "+
			"PULUMI_K8S_DELETE_UNREACHABLE=true and run this again: %w", err)
	}
	content, _ := properties.Object(withoutInternal(old))
	annotations := (&unstructured.Unstructured{Object: content}).GetAnnotations()
	object.SetAnnotations(annotations)
	ctx, done := p.deadline(ctx, r.GetTimeout(), object)
	defer done()

	if isPatch(urn, object.GetKind()) {
		err = p.cluster.Relinquish(ctx, object, text(old, keyFieldManager))
	} else {
		err = persist(ctx, log, func() error { return p.cluster.Delete(ctx, object, propagation(annotations)) })
		if err == nil && !skipsAwait(object) {
			err = await.Waiter{Cluster: p.cluster, Log: log}.Gone(ctx, object)
		}
		if isDefinition(object) {
			p.cluster.Forget()
		}
	}
	switch {
	case err == nil, cluster.IsGone(err):
		return &emptypb.Empty{}, nil
	case cluster.IsUnreachable(err) && p.options.deleteUnreachable:
		log.Warning(ctx, "The cluster became unreachable and deleteUnreachable is set: only forgotten (%v).", err)
		return &emptypb.Empty{}, nil
	default:
		return nil, fmt.Errorf("deleting %s %s: %w", object.GetKind(), r.GetId(), err)
	}
}

// propagation is what happens to what the object owns. Foreground, the default, lets the wait for the object include
// it: https://kubernetes.io/docs/concepts/architecture/garbage-collection/
func propagation(annotations map[string]string) metav1.DeletionPropagation {
	switch annotations[annotationPropagation] {
	case "background":
		return metav1.DeletePropagationBackground
	case "orphan":
		return metav1.DeletePropagationOrphan
	default:
		return metav1.DeletePropagationForeground
	}
}
