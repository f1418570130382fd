package main

import (
	"context"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"k8s.io/client-go/tools/clientcmd"
)

// DiffConfig replaces the provider, and with it all of its objects, when the kubeconfig names another cluster: a lab
// whose control plane was rebuilt has a new certificate authority and none of the old objects.
func (p *provider) DiffConfig(_ context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	old, err := read(r.GetOldInputs())
	if err != nil {
		return nil, err
	}
	news, err := read(r.GetNews())
	if err != nil {
		return nil, err
	}
	old, news = open(old), open(news)
	response := &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}
	diff := old.Diff(news)
	if diff == nil {
		return response, nil
	}
	response.Changes = pulumirpc.DiffResponse_DIFF_SOME
	for _, key := range diff.ChangedKeys() {
		response.Diffs = append(response.Diffs, string(key))
	}
	before, after := identityOf(stringOf(old["kubeconfig"])), identityOf(stringOf(news["kubeconfig"]))
	if before != "" && after != "" && before != after {
		response.Replaces = []string{"kubeconfig"}
	}
	return response, nil
}

// identityOf tells clusters apart by address and certificate authority; "" when the kubeconfig doesn't say.
func identityOf(kubeconfig string) string {
	config, err := clientcmd.Load([]byte(kubeconfig))
	if err != nil {
		return ""
	}
	context, ok := config.Contexts[config.CurrentContext]
	if !ok {
		return ""
	}
	cluster, ok := config.Clusters[context.Cluster]
	if !ok {
		return ""
	}
	return cluster.Server + "\n" + string(cluster.CertificateAuthorityData)
}
