package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"testing"

	"certificate-lab/plugins/internal/engine"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"
)

func settings(t *testing.T, authority, token string) *structpb.Struct {
	t.Helper()
	text := fmt.Sprintf(`{"apiVersion": "v1", "kind": "Config", "current-context": "lab",
		"contexts": [{"name": "lab", "context": {"cluster": "lab", "user": "admin"}}],
		"clusters": [{"name": "lab", "cluster": {"server": "https://192.0.2.1:6443", "certificate-authority-data": %q}}],
		"users": [{"name": "admin", "user": {"token": %q}}]}`,
		base64.StdEncoding.EncodeToString([]byte(authority)), token)
	properties, err := engine.Write(resource.PropertyMap{
		"kubeconfig": resource.MakeSecret(resource.NewProperty(text)),
	})
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
		"the same":          {settings(t, "ca", "a"), pulumirpc.DiffResponse_DIFF_NONE, 0},
		"another token":     {settings(t, "ca", "b"), pulumirpc.DiffResponse_DIFF_SOME, 0},
		"another authority": {settings(t, "other", "a"), pulumirpc.DiffResponse_DIFF_SOME, 1},
	} {
		got, err := newProvider().DiffConfig(context.Background(),
			&pulumirpc.DiffRequest{OldInputs: settings(t, "ca", "a"), News: test.news})
		if err != nil || got.GetChanges() != test.changes || len(got.GetReplaces()) != test.replaces {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
}

func TestUnservedSettingsAreRefused(t *testing.T) {
	for name, test := range map[string]struct {
		settings map[string]any
		refused  int
	}{
		"what the SDK sends anyway":   {map[string]any{"kubeClientSettings": "{}", "alwaysRender": "false"}, 0},
		"a folder to render into":     {map[string]any{"renderYamlToDirectory": "manifests"}, 1},
		"client-side apply":           {map[string]any{"enableServerSideApply": "false"}, 1},
		"server-side apply by name":   {map[string]any{"enableServerSideApply": "true"}, 0},
		"a setting that it does know": {map[string]any{"deleteUnreachable": "true"}, 0},
	} {
		news, err := engine.Write(resource.NewPropertyMapFromMap(test.settings))
		if err != nil {
			t.Fatal(err)
		}
		got, err := newProvider().CheckConfig(context.Background(), &pulumirpc.CheckRequest{News: news})
		if err != nil || len(got.GetFailures()) != test.refused {
			t.Errorf("%s: %v %v", name, got.GetFailures(), err)
		}
	}
}
