package main

import (
	"context"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// write makes files below a folder; the keys are their paths.
func write(t *testing.T, directory string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		file := filepath.Join(directory, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// program makes a program with a plugin's package of each kind: plain, indirect below another package, parameterized
// and linked from a folder outside node_modules.
func program(t *testing.T) *pulumirpc.ProgramInfo {
	t.Helper()
	directory := t.TempDir()
	write(t, directory, map[string]string{
		"package.json": `{"dependencies": {"@pulumi/command": "1.2.1", "wrapper": "1.0.0", "@pulumi/libvirt": "file:sdks/libvirt"},
			"optionalDependencies": {"absent": "1.0.0"}}`,
		"node_modules/@pulumi/command/package.json": `{"name": "@pulumi/command", "version": "1.2.1", "pulumi": {"resource": true}}`,
		"node_modules/wrapper/package.json":         `{"name": "wrapper", "version": "1.0.0", "dependencies": {"@pulumi/random": "2"}}`,
		"node_modules/wrapper/node_modules/@pulumi/random/package.json": `{"name": "@pulumi/random", "version": "2.0.0",
			"pulumi": {"resource": true, "name": "random", "version": "2.0.1", "server": "https://plugins.example"}}`,
		"node_modules/unrelated/package.json": `{"name": "unrelated", "version": "1.0.0", "pulumi": {"resource": true}}`,
		"sdks/libvirt/package.json": `{"name": "@pulumi/libvirt", "version": "0.8.3", "pulumi": {"resource": true,
			"name": "terraform-provider", "version": "1.1.3", "parameterization":
			{"name": "libvirt", "version": "0.8.3", "value": "` + base64.StdEncoding.EncodeToString([]byte("remote")) + `"}}}`,
	})
	if err := os.Symlink("../../sdks/libvirt", filepath.Join(directory, "node_modules/@pulumi/libvirt")); err != nil {
		t.Fatal(err)
	}
	return &pulumirpc.ProgramInfo{RootDirectory: directory, ProgramDirectory: directory, EntryPoint: "."}
}

func TestRequiredPackages(t *testing.T) {
	response, err := newHost("").GetRequiredPackages(context.Background(), &pulumirpc.GetRequiredPackagesRequest{Info: program(t)})
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]*pulumirpc.PackageDependency{}
	for _, p := range response.GetPackages() {
		found[p.GetName()+"@"+p.GetVersion()] = p
	}
	if len(response.GetPackages()) != 3 || len(found) != 3 {
		t.Fatalf("want command, random and terraform-provider once each, got %v", response.GetPackages())
	}
	if found["command@1.2.1"] == nil {
		t.Error("a package's own name and version are not the plugin's default")
	}
	if found["random@2.0.1"].GetServer() != "https://plugins.example" {
		t.Error("the indirect dependency's plugin or its server is missing")
	}
	parameter := found["terraform-provider@1.1.3"].GetParameterization()
	if parameter.GetName() != "libvirt" || parameter.GetVersion() != "0.8.3" || string(parameter.GetValue()) != "remote" {
		t.Errorf("parameterization is %v", parameter)
	}
}

func TestRequiredPluginsAreThoseOfThePackages(t *testing.T) {
	response, err := newHost("").GetRequiredPlugins(context.Background(), &pulumirpc.GetRequiredPluginsRequest{Info: program(t)})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range response.GetPlugins() {
		names = append(names, p.GetName()+"@"+p.GetVersion())
	}
	for _, want := range []string{"command@1.2.1", "random@2.0.1", "terraform-provider@1.1.3"} {
		if !strings.Contains(strings.Join(names, " "), want) {
			t.Errorf("%s is missing from %v", want, names)
		}
	}
}

func TestMissingPackageIsNamed(t *testing.T) {
	info := program(t)
	if err := os.RemoveAll(filepath.Join(info.GetProgramDirectory(), "node_modules/wrapper")); err != nil {
		t.Fatal(err)
	}
	_, err := newHost("").GetRequiredPackages(context.Background(), &pulumirpc.GetRequiredPackagesRequest{Info: info})
	if err == nil || !strings.Contains(err.Error(), "wrapper") || !strings.Contains(err.Error(), "npm ci") {
		t.Errorf("the error names neither the package nor what to do: %v", err)
	}
}

func TestProgramDependencies(t *testing.T) {
	info := program(t)
	for _, c := range []struct {
		transitive bool
		want       int
	}{{false, 3}, {true, 4}} {
		response, err := newHost("").GetProgramDependencies(context.Background(),
			&pulumirpc.GetProgramDependenciesRequest{Info: info, TransitiveDependencies: c.transitive})
		if err != nil {
			t.Fatal(err)
		}
		if len(response.GetDependencies()) != c.want {
			t.Errorf("transitive %v: want %d dependencies, got %v", c.transitive, c.want, response.GetDependencies())
		}
	}
}
