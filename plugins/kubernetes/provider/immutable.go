package provider

import (
	"certificate-lab/plugins/kubernetes/properties"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// fields are paths of an object's fields.
type fields []resource.PropertyPath

// identity can't change for any object.
var identity = fields{{"kind"}, {"metadata", "name"}, {"metadata", "namespace"}}

// immutableFields can't change either, or are treated so: k8s.io/kubernetes/pkg/apis/*/validation and the official
// provider's provider/pkg/provider/diff.go.
var immutableFields = map[schema.GroupKind]fields{
	{Group: "apps", Kind: "DaemonSet"}:  {{"spec", "selector"}},
	{Group: "apps", Kind: "Deployment"}: {{"spec", "selector"}},
	{Group: "apps", Kind: "ReplicaSet"}: {{"spec", "selector"}},
	{Group: "apps", Kind: "StatefulSet"}: {
		{"spec", "podManagementPolicy"}, {"spec", "selector"}, {"spec", "serviceName"}, {"spec", "volumeClaimTemplates"},
	},
	{Group: "batch", Kind: "Job"}:                                     {{"spec", "completions"}, {"spec", "selector"}, {"spec", "template"}},
	{Group: "networking.k8s.io", Kind: "IngressClass"}:                {{"spec", "controller"}},
	{Group: "rbac.authorization.k8s.io", Kind: "ClusterRoleBinding"}:  {{"roleRef"}},
	{Group: "rbac.authorization.k8s.io", Kind: "RoleBinding"}:         {{"roleRef"}},
	{Group: "scheduling.k8s.io", Kind: "PriorityClass"}:               {{"value"}},
	{Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition"}: {{"spec", "group"}, {"spec", "scope"}},
	{Group: "storage.k8s.io", Kind: "StorageClass"}: {
		{"parameters"}, {"provisioner"}, {"reclaimPolicy"}, {"volumeBindingMode"},
	},
	{Kind: "PersistentVolumeClaim"}: {
		{"spec", "accessModes"}, {"spec", "dataSource"}, {"spec", "selector"}, {"spec", "storageClassName"},
		{"spec", "volumeMode"}, {"spec", "volumeName"},
	},
	{Kind: "Pod"}: {
		{"spec", "affinity"}, {"spec", "automountServiceAccountToken"}, {"spec", "containers"}, {"spec", "dnsConfig"},
		{"spec", "dnsPolicy"}, {"spec", "enableServiceLinks"}, {"spec", "hostAliases"}, {"spec", "hostIPC"},
		{"spec", "hostNetwork"}, {"spec", "hostPID"}, {"spec", "hostname"}, {"spec", "imagePullSecrets"},
		{"spec", "initContainers"}, {"spec", "nodeName"}, {"spec", "nodeSelector"}, {"spec", "priorityClassName"},
		{"spec", "restartPolicy"}, {"spec", "runtimeClassName"}, {"spec", "schedulerName"}, {"spec", "securityContext"},
		{"spec", "serviceAccountName"}, {"spec", "subdomain"}, {"spec", "terminationGracePeriodSeconds"},
		{"spec", "volumes"},
	},
	{Kind: "ResourceQuota"}: {{"spec", "scopes"}},
	{Kind: "Secret"}:        {{"type"}},
	{Kind: "Service"}:       {{"spec", "clusterIP"}},
}

// contents of a ConfigMap or Secret are replaced rather than changed, so that what uses them is rolled out, unless
// the provider's configuration allows the change.
var contents = fields{{"binaryData"}, {"data"}, {"stringData"}}

// immutable returns a test for the paths whose change needs another object.
func (p *Provider) immutable(urn resource.URN, old, news resource.PropertyMap) func(resource.PropertyPath) bool {
	forced := identity
	kind := schema.FromAPIVersionAndKind(text(news, "apiVersion"), text(news, "kind")).GroupKind()
	if !isPatch(urn, kind.Kind) {
		forced = append(forced[:len(forced):len(forced)], immutableFields[kind]...)
		if p.contentsFixed(kind, old) {
			forced = append(forced, contents...)
		}
	}
	oldGroup := schema.FromAPIVersionAndKind(text(old, "apiVersion"), "").Group
	if text(news, "apiVersion") != "" && oldGroup != kind.Group {
		forced = append(forced[:len(forced):len(forced)], resource.PropertyPath{"apiVersion"})
	}
	return func(path resource.PropertyPath) bool {
		for _, field := range forced {
			if field.Contains(path) || path.Contains(field) {
				return true
			}
		}
		return false
	}
}

// contentsFixed tells whether the object's contents can't change, by configuration or by its own immutable field.
func (p *Provider) contentsFixed(kind schema.GroupKind, old resource.PropertyMap) bool {
	sealed := properties.Open(old["immutable"])
	switch kind {
	case schema.GroupKind{Kind: "ConfigMap"}:
		return !p.options.mutableConfigMaps || sealed.IsBool() && sealed.BoolValue()
	case schema.GroupKind{Kind: "Secret"}:
		return !p.options.mutableSecrets || sealed.IsBool() && sealed.BoolValue()
	default:
		return false
	}
}
