package cluster

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// Settings say which cluster is meant. All of them may be empty: then kubectl's own rules apply (KUBECONFIG,
// ~/.kube/config, a pod's service account).
type Settings struct {
	// Kubeconfig is a kubeconfig file's contents or path.
	Kubeconfig string
	// Context and Cluster choose entries of the kubeconfig.
	Context, Cluster string
	// Namespace is what objects without a namespace get; "" means the context's, or "default".
	Namespace string
	// QPS and Burst limit the client's requests a second; 0 means the values below.
	QPS   float32
	Burst int
	// Timeout limits one request; 0 means one minute.
	Timeout time.Duration
}

// The official provider's client limits: https://www.pulumi.com/registry/packages/kubernetes/api-docs/provider/
const (
	defaultQPS     = 50
	defaultBurst   = 120
	defaultTimeout = time.Minute
)

// restConfig resolves the settings to a client configuration and the default namespace.
func (s Settings) restConfig() (*rest.Config, string, error) {
	overrides := &clientcmd.ConfigOverrides{
		Context:        api.Context{Cluster: s.Cluster, Namespace: s.Namespace},
		CurrentContext: s.Context,
	}
	var loader clientcmd.ClientConfig
	if s.Kubeconfig == "" {
		loader = clientcmd.NewNonInteractiveDeferredLoadingClientConfig(
			clientcmd.NewDefaultClientConfigLoadingRules(), overrides)
	} else {
		parsed, err := ParseKubeconfig(s.Kubeconfig)
		if err != nil {
			return nil, "", err
		}
		loader = clientcmd.NewDefaultClientConfig(*parsed, overrides)
	}
	namespace, _, err := loader.Namespace()
	if err != nil {
		return nil, "", fmt.Errorf("the kubeconfig: %w", err)
	}
	config, err := loader.ClientConfig()
	if err != nil {
		return nil, "", fmt.Errorf("the kubeconfig: %w", err)
	}
	config.QPS, config.Burst, config.Timeout = s.QPS, s.Burst, s.Timeout
	if config.QPS == 0 {
		config.QPS = defaultQPS
	}
	if config.Burst == 0 {
		config.Burst = defaultBurst
	}
	if config.Timeout == 0 {
		config.Timeout = defaultTimeout
	}
	return config, namespace, nil
}

// ParseKubeconfig reads a kubeconfig from its contents or from a path, which may start with ~/.
func ParseKubeconfig(contentsOrPath string) (*api.Config, error) {
	text := []byte(contentsOrPath)
	if !strings.Contains(contentsOrPath, "\n") {
		path := contentsOrPath
		if rest, ok := strings.CutPrefix(path, "~/"); ok {
			home, err := os.UserHomeDir()
			if err != nil {
				return nil, fmt.Errorf("the kubeconfig %s: %w", contentsOrPath, err)
			}
			path = filepath.Join(home, rest)
		}
		contents, err := os.ReadFile(path)
		switch {
		case err == nil:
			text = contents
		case !strings.ContainsAny(contentsOrPath, "{:"):
			return nil, fmt.Errorf("the kubeconfig is neither a file nor a kubeconfig's contents: %w", err)
		}
	}
	config, err := clientcmd.Load(text)
	if err != nil {
		return nil, fmt.Errorf("the kubeconfig's contents: %w", err)
	}
	return config, nil
}

// ActiveCluster returns the kubeconfig's cluster that the settings choose, or nil when they choose none.
func (s Settings) ActiveCluster() (*api.Cluster, error) {
	if s.Kubeconfig == "" {
		return nil, nil
	}
	config, err := ParseKubeconfig(s.Kubeconfig)
	if err != nil {
		return nil, err
	}
	name := s.Cluster
	if name == "" {
		context := s.Context
		if context == "" {
			context = config.CurrentContext
		}
		if chosen, ok := config.Contexts[context]; ok {
			name = chosen.Cluster
		}
	}
	return config.Clusters[name], nil
}
