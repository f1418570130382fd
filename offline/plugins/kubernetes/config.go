package main

import (
	"context"
	"fmt"
	"os"
	"slices"

	"certificate-lab/plugins/internal/engine"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// unserved are settings that change what the official plugin does and that this one does not know.
var unserved = []resource.PropertyKey{
	"alwaysRender", "cluster", "helmReleaseSettings", "kubeClientSettings", "renderYamlToDirectory", "skipUpdateUnreachable",
}

// CheckConfig refuses what would be passed over.
func (p *provider) CheckConfig(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	news, err := engine.Read(r.GetNews())
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.CheckResponse{Inputs: r.GetNews()}
	refuse := func(key resource.PropertyKey, reason string) {
		response.Failures = append(response.Failures, &pulumirpc.CheckFailure{Property: string(key), Reason: reason})
	}
	for _, key := range unserved {
		if isSet(news, key) {
			refuse(key, "the lab's own kubernetes plugin does not know this setting")
		}
	}
	if v := engine.OpenValue(news["enableServerSideApply"]); v.HasValue() && !v.IsComputed() && !isTrue(news, "enableServerSideApply") {
		refuse("enableServerSideApply", "the lab's own kubernetes plugin has server-side apply only")
	}
	return response, nil
}

// isSet tells a setting that was made from one that the SDK sends anyway: nested values come as JSON, false and {}
// mean nothing.
func isSet(settings resource.PropertyMap, key resource.PropertyKey) bool {
	v := engine.OpenValue(settings[key])
	return v.HasValue() && !(v.IsString() && slices.Contains([]string{"", "false", "{}"}, v.StringValue())) &&
		!(v.IsBool() && !v.BoolValue())
}

// isTrue reads a boolean of the provider's configuration, which comes as text.
func isTrue(settings resource.PropertyMap, key resource.PropertyKey) bool {
	return engine.Flag(settings, key, engine.Text(settings, key) == "true")
}

// DiffConfig replaces the provider, and with it all of its objects, when it is for another cluster: a lab whose
// control plane was rebuilt has a new certificate authority and none of the old objects. clusterIdentifier decides
// where it is set.
func (p *provider) DiffConfig(_ context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	old, err := engine.Read(r.GetOldInputs())
	if err != nil {
		return nil, err
	}
	news, err := engine.Read(r.GetNews())
	if err != nil {
		return nil, err
	}
	old, news = engine.Open(old), engine.Open(news)
	response := &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}
	diff := old.Diff(news)
	if diff == nil {
		return response, nil
	}
	response.Changes = pulumirpc.DiffResponse_DIFF_SOME
	for _, key := range diff.ChangedKeys() {
		response.Diffs = append(response.Diffs, string(key))
	}
	switch {
	case isSet(old, "clusterIdentifier") || isSet(news, "clusterIdentifier"):
		if diff.Changed("clusterIdentifier") {
			response.Replaces = []string{"clusterIdentifier"}
		}
	case isAnother(identityOf(old), identityOf(news)):
		response.Replaces = []string{"kubeconfig"}
	}
	return response, nil
}

func isAnother(before, after string) bool { return before != "" && after != "" && before != after }

// identityOf tells clusters apart by address and certificate authority; "" when the kubeconfig doesn't say.
func identityOf(settings resource.PropertyMap) string {
	config, err := kubeconfigOf(settings).RawConfig()
	if err != nil {
		return ""
	}
	name := engine.Text(settings, "context")
	if name == "" {
		name = config.CurrentContext
	}
	context, ok := config.Contexts[name]
	if !ok {
		return ""
	}
	cluster, ok := config.Clusters[context.Cluster]
	if !ok {
		return ""
	}
	return fmt.Sprintf("%s\n%s%s", cluster.Server, cluster.CertificateAuthorityData, cluster.CertificateAuthority)
}

// Configure connects to the cluster, except while its kubeconfig is not known yet, as in the preview of a program that
// makes the cluster.
func (p *provider) Configure(ctx context.Context, r *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	settings, err := engine.Read(r.GetArgs())
	if err != nil {
		return nil, err
	}
	settings = engine.Open(settings)
	p.deleteUnreachable = isTrue(settings, "deleteUnreachable") || os.Getenv("PULUMI_K8S_DELETE_UNREACHABLE") == "true"
	p.upsert = isTrue(settings, "upsertExistingObjects")
	p.mutable = map[string]bool{
		"ConfigMap": isTrue(settings, "enableConfigMapMutable"),
		"Secret":    isTrue(settings, "enableSecretMutable"),
	}
	if !settings.ContainsUnknowns() {
		if p.cluster, err = newCluster(settings); err != nil {
			return nil, err
		}
		p.cluster.force = isTrue(settings, "enablePatchForce")
	}
	return p.Configured(ctx), nil
}
