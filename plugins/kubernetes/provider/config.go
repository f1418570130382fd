package provider

import (
	"context"
	"encoding/json"
	"os"
	"strconv"
	"time"

	"certificate-lab/plugins/kubernetes/cluster"
	"certificate-lab/plugins/kubernetes/properties"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"k8s.io/apimachinery/pkg/api/equality"
)

// options are the provider's settings that change how it treats objects; cluster.Settings are those that find the
// cluster. https://www.pulumi.com/registry/packages/kubernetes/api-docs/provider/ describes each.
type options struct {
	deleteUnreachable, skipUpdateUnreachable bool
	mutableConfigMaps, mutableSecrets        bool
	patchForce, upsert                       bool
	suppressDeprecations                     bool
}

func readOptions(config resource.PropertyMap) options {
	return options{
		deleteUnreachable:     flag(config, "deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE"),
		skipUpdateUnreachable: flag(config, "skipUpdateUnreachable", "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE"),
		mutableConfigMaps:     flag(config, "enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"),
		mutableSecrets:        flag(config, "enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"),
		patchForce:            flag(config, "enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE"),
		upsert:                flag(config, "upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"),
		suppressDeprecations: flag(config, "suppressDeprecationWarnings",
			"PULUMI_K8S_SUPPRESS_DEPRECATION_WARNINGS"),
	}
}

func readSettings(config resource.PropertyMap) cluster.Settings {
	settings := cluster.Settings{
		Kubeconfig: text(config, "kubeconfig"),
		Context:    text(config, "context"),
		Cluster:    text(config, "cluster"),
		Namespace:  text(config, "namespace"),
	}
	var client struct {
		QPS     float32 `json:"qps"`
		Burst   int     `json:"burst"`
		Timeout int     `json:"timeout"` // seconds
	}
	if json.Unmarshal([]byte(text(config, "kubeClientSettings")), &client) == nil {
		settings.QPS, settings.Burst = client.QPS, client.Burst
		settings.Timeout = time.Duration(client.Timeout) * time.Second
	}
	return settings
}

// text returns a string property, or "" when it is unset or unknown.
func text(config resource.PropertyMap, key resource.PropertyKey) string {
	if v := properties.Open(config[key]); v.IsString() {
		return v.StringValue()
	}
	return ""
}

// flag returns a boolean: providers' properties arrive as JSON in strings. An environment variable stands in for one
// that is unset.
func flag(config resource.PropertyMap, key resource.PropertyKey, variable string) bool {
	v := properties.Open(config[key])
	if v.IsBool() {
		return v.BoolValue()
	}
	value := os.Getenv(variable)
	if v.IsString() {
		value = v.StringValue()
	}
	set, err := strconv.ParseBool(value)
	return err == nil && set
}

// CheckConfig refuses what this plugin would otherwise silently do differently from the official one.
func (p *Provider) CheckConfig(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	config, err := properties.Read(r.GetNews())
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.CheckResponse{Inputs: r.GetNews()}
	refuse := func(property, reason string) {
		response.Failures = append(response.Failures, &pulumirpc.CheckFailure{Property: property, Reason: reason})
	}
	if text(config, "renderYamlToDirectory") != "" {
		refuse("renderYamlToDirectory", "rendering to YAML needs the official kubernetes plugin; "+
			"this stand-in only talks to clusters")
	}
	if properties.Open(config["enableServerSideApply"]).HasValue() && !flag(config, "enableServerSideApply", "") {
		refuse("enableServerSideApply", "client-side apply needs the official kubernetes plugin; "+
			"this stand-in only applies on the server")
	}
	if kubeconfig := text(config, "kubeconfig"); kubeconfig != "" && !readOptions(config).deleteUnreachable {
		if _, err := cluster.ParseKubeconfig(kubeconfig); err != nil {
			refuse("kubeconfig", err.Error())
		}
	}
	return response, nil
}

// DiffConfig replaces the provider, and with it all it made, when it points at another cluster: when
// clusterIdentifier changes or, without one, when the active cluster's address or authority does.
func (p *Provider) DiffConfig(_ context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	old, err := properties.Read(r.GetOldInputs())
	if err != nil {
		return nil, err
	}
	news, err := properties.Read(r.GetNews())
	if err != nil {
		return nil, err
	}
	old, news = properties.OpenMap(old), properties.OpenMap(news)
	diff := old.Diff(news)
	if diff == nil {
		return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}, nil
	}
	response := &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_SOME}
	for _, key := range diff.ChangedKeys() {
		response.Diffs = append(response.Diffs, string(key))
	}
	if key := otherCluster(old, news); key != "" {
		response.Replaces = []string{key}
	}
	return response, nil
}

// otherCluster names the property that tells that two configurations mean different clusters, or "".
func otherCluster(old, news resource.PropertyMap) string {
	if text(old, "clusterIdentifier") != "" || text(news, "clusterIdentifier") != "" {
		if text(old, "clusterIdentifier") != text(news, "clusterIdentifier") {
			return "clusterIdentifier"
		}
		return ""
	}
	if news["kubeconfig"].IsComputed() || old["kubeconfig"].IsComputed() {
		return ""
	}
	before, errBefore := readSettings(old).ActiveCluster()
	after, errAfter := readSettings(news).ActiveCluster()
	if errBefore == nil && errAfter == nil && equality.Semantic.DeepEqual(before, after) {
		return ""
	}
	return "kubeconfig"
}

// Configure prepares for the cluster; whether it answers is found when it is needed.
func (p *Provider) Configure(
	ctx context.Context, r *pulumirpc.ConfigureRequest,
) (*pulumirpc.ConfigureResponse, error) {
	config, err := properties.Read(r.GetArgs())
	if err != nil {
		return nil, err
	}
	p.engine.Log("").Warning(ctx, "This is the lab's own offline stand-in for the official plugin of the kubernetes "+
		"package, which could not be downloaded.")
	p.options = readOptions(config)
	p.cluster, p.clusterError = cluster.New(readSettings(config))
	return &pulumirpc.ConfigureResponse{
		AcceptSecrets:                   true,
		SupportsPreview:                 true,
		SupportsAutonamingConfiguration: true,
	}, nil
}
