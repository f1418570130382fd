package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"
)

func kubeconfig(t *testing.T, authority, token string) *structpb.Struct {
	t.Helper()
	text := fmt.Sprintf(`{"apiVersion": "v1", "kind": "Config", "current-context": "lab",
		"contexts": [{"name": "lab", "context": {"cluster": "lab", "user": "admin"}}],
		"clusters": [{"name": "lab", "cluster": {"server": "https://192.0.2.1:6443", "certificate-authority-data": %q}}],
		"users": [{"name": "admin", "user": {"token": %q}}]}`,
		base64.StdEncoding.EncodeToString([]byte(authority)), token)
	properties, err := plugin.MarshalProperties(resource.PropertyMap{
		"kubeconfig": resource.MakeSecret(resource.NewProperty(text)),
	}, marshal)
	if err != nil {
		t.Fatal(err)
	}
	return properties
}

func TestAnotherClusterReplacesTheProvider(t *testing.T) {
	for name, test := range map[string]struct {
		news     *structpb.Struct
		changes  pulumirpc.DiffResponse_DiffChanges
		replaces int
	}{
		"the same":          {kubeconfig(t, "ca", "a"), pulumirpc.DiffResponse_DIFF_NONE, 0},
		"another token":     {kubeconfig(t, "ca", "b"), pulumirpc.DiffResponse_DIFF_SOME, 0},
		"another authority": {kubeconfig(t, "other", "a"), pulumirpc.DiffResponse_DIFF_SOME, 1},
	} {
		got, err := newProvider().DiffConfig(context.Background(),
			&pulumirpc.DiffRequest{OldInputs: kubeconfig(t, "ca", "a"), News: test.news})
		if err != nil || got.GetChanges() != test.changes || len(got.GetReplaces()) != test.replaces {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
}
