package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// InstallDependencies runs npm in the program's folder, for `pulumi install`: by the lock file where there is one, and
// without the packages' own scripts, which would download plugins.
func (h *host) InstallDependencies(r *pulumirpc.InstallDependenciesRequest, stream grpc.ServerStreamingServer[pulumirpc.InstallDependenciesResponse]) error {
	directory := r.GetInfo().GetProgramDirectory()
	command := "install"
	if _, err := os.Stat(filepath.Join(directory, "package-lock.json")); err == nil {
		command = "ci"
	}
	out, err := npm(stream.Context(), directory, command)
	if sendErr := stream.Send(&pulumirpc.InstallDependenciesResponse{Stdout: out}); err == nil {
		err = sendErr
	}
	return err
}

// Link adds packages that lie in local folders to the program's dependencies, for `pulumi package add`.
func (h *host) Link(ctx context.Context, r *pulumirpc.LinkRequest) (*pulumirpc.LinkResponse, error) {
	args := []string{"install", "--save-exact"}
	for _, dependency := range r.GetPackages() {
		args = append(args, "file:"+dependency.GetPath())
	}
	if _, err := npm(ctx, r.GetInfo().GetProgramDirectory(), args...); err != nil {
		return nil, err
	}
	return &pulumirpc.LinkResponse{}, nil
}

// npm runs npm and returns what it wrote, which an error repeats.
func npm(ctx context.Context, directory string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "npm", append(args, "--ignore-scripts", "--no-audit", "--no-fund")...)
	cmd.Dir = directory
	out, err := cmd.CombinedOutput()
	if err != nil {
		return out, fmt.Errorf("npm %s in %s: %w\n%s", args[0], directory, err, out)
	}
	return out, nil
}
