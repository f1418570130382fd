package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// manifest is the part of a package.json that the host reads. Under `pulumi`, a package says which plugin serves it:
// https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/
type manifest struct {
	Name                 string            `json:"name"`
	Version              string            `json:"version"`
	Dependencies         map[string]string `json:"dependencies"`
	OptionalDependencies map[string]string `json:"optionalDependencies"`
	DevDependencies      map[string]string `json:"devDependencies"`
	Pulumi               struct {
		Resource         bool   `json:"resource"`
		Name             string `json:"name"`
		Version          string `json:"version"`
		Server           string `json:"server"`
		Parameterization *struct {
			Name    string `json:"name"`
			Version string `json:"version"`
			Value   string `json:"value"` // base64
		} `json:"parameterization"`
	} `json:"pulumi"`
}

// GetRequiredPackages lists the packages among the program's dependencies, direct and indirect, that a plugin serves.
// An empty list isn't harmless: the engine then takes the plugins' versions from the last state, and shows a
// parameterized provider as changed (computeDefaultProviderPackages in pkg/engine/plugins.go).
func (h *host) GetRequiredPackages(_ context.Context, r *pulumirpc.GetRequiredPackagesRequest) (*pulumirpc.GetRequiredPackagesResponse, error) {
	manifests, err := installedDependencies(r.GetInfo().GetProgramDirectory())
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.GetRequiredPackagesResponse{}
	for _, m := range manifests {
		if !m.Pulumi.Resource {
			continue
		}
		dependency, err := requiredPackage(m)
		if err != nil {
			return nil, fmt.Errorf("package.json of %s: %w", m.Name, err)
		}
		response.Packages = append(response.Packages, dependency)
	}
	return response, nil
}

// GetRequiredPlugins lists the plugins of GetRequiredPackages, for engines that know no parameterized packages.
func (h *host) GetRequiredPlugins(ctx context.Context, r *pulumirpc.GetRequiredPluginsRequest) (*pulumirpc.GetRequiredPluginsResponse, error) {
	required, err := h.GetRequiredPackages(ctx, &pulumirpc.GetRequiredPackagesRequest{Info: r.GetInfo()})
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.GetRequiredPluginsResponse{}
	for _, p := range required.GetPackages() {
		response.Plugins = append(response.Plugins, &pulumirpc.PluginDependency{
			Name: p.GetName(), Kind: p.GetKind(), Version: p.GetVersion(), Server: p.GetServer(),
		})
	}
	return response, nil
}

// GetProgramDependencies lists the npm packages that the program uses, for `pulumi about`.
func (h *host) GetProgramDependencies(_ context.Context, r *pulumirpc.GetProgramDependenciesRequest) (*pulumirpc.GetProgramDependenciesResponse, error) {
	directory := r.GetInfo().GetProgramDirectory()
	program, err := readManifest(directory)
	if err != nil {
		return nil, err
	}
	manifests, err := installedDependencies(directory)
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.GetProgramDependenciesResponse{}
	for _, m := range manifests {
		if _, direct := program.Dependencies[m.Name]; direct || r.GetTransitiveDependencies() {
			response.Dependencies = append(response.Dependencies, &pulumirpc.DependencyInfo{Name: m.Name, Version: m.Version})
		}
	}
	return response, nil
}

// requiredPackage names the plugin of a package. Name and version default to the npm package's own, the name without
// its scope.
func requiredPackage(m manifest) (*pulumirpc.PackageDependency, error) {
	dependency := &pulumirpc.PackageDependency{
		Kind: "resource", Name: m.Pulumi.Name, Version: m.Pulumi.Version, Server: m.Pulumi.Server,
	}
	if dependency.Name == "" {
		dependency.Name = m.Name[strings.LastIndex(m.Name, "/")+1:]
	}
	if dependency.Version == "" {
		dependency.Version = m.Version
	}
	if p := m.Pulumi.Parameterization; p != nil {
		value, err := base64.StdEncoding.DecodeString(p.Value)
		if err != nil {
			return nil, fmt.Errorf("pulumi.parameterization.value: %w", err)
		}
		dependency.Parameterization = &pulumirpc.PackageParameterization{Name: p.Name, Version: p.Version, Value: value}
	}
	return dependency, nil
}

// installedDependencies are the manifests of what a program depends on, direct and indirect, each once, in the order
// of their folders. Development dependencies count for the program alone; an optional dependency may be missing.
func installedDependencies(program string) ([]manifest, error) {
	root, err := readManifest(program)
	if err != nil {
		return nil, err
	}
	found := map[string]manifest{}
	var visit func(directory string, names map[string]string, required bool) error
	visit = func(directory string, names map[string]string, required bool) error {
		for name := range names {
			folder, err := findPackage(directory, name)
			if err != nil && required {
				return err
			}
			if _, seen := found[folder]; err != nil || seen {
				continue
			}
			m, err := readManifest(folder)
			if err != nil {
				return err
			}
			found[folder] = m
			if err := visit(folder, m.Dependencies, true); err != nil {
				return err
			}
			if err := visit(folder, m.OptionalDependencies, false); err != nil {
				return err
			}
		}
		return nil
	}
	for _, group := range []struct {
		names    map[string]string
		required bool
	}{{root.Dependencies, true}, {root.DevDependencies, false}, {root.OptionalDependencies, false}} {
		if err := visit(program, group.names, group.required); err != nil {
			return nil, err
		}
	}
	manifests := make([]manifest, 0, len(found))
	for _, folder := range slices.Sorted(maps.Keys(found)) {
		manifests = append(manifests, found[folder])
	}
	return manifests, nil
}

// findPackage is the folder of an installed package, found as Node.js does, in the node_modules of a folder and of
// those above it, links followed: https://nodejs.org/api/modules.html#loading-from-node_modules-folders
func findPackage(directory, name string) (string, error) {
	for at := directory; ; at = filepath.Dir(at) {
		folder := filepath.Join(at, "node_modules", name)
		if _, err := os.Stat(filepath.Join(folder, "package.json")); err == nil {
			return filepath.EvalSymlinks(folder)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("the npm package %s, needed in %s, is not installed: run npm ci", name, directory)
		}
	}
}

func readManifest(directory string) (manifest, error) {
	var m manifest
	file := filepath.Join(directory, "package.json")
	text, err := os.ReadFile(file)
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("%s: %w", file, err)
	}
	return m, nil
}
