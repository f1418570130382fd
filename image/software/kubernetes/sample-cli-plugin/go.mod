// Stands in for an example that Kubernetes' go.mod names and none of its programs imports.
module k8s.io/sample-cli-plugin

go 1.26
