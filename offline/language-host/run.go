package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/google/shlex"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

const (
	// The runner's exit code after it has shown the user an error of its own: @pulumi/pulumi, cmd/run/index.ts.
	exitedAfterMessage = 32
	// How long a program that was asked to end may take, before it is killed.
	endGrace = 5 * time.Second
)

// Run executes the program with @pulumi/pulumi's own runner, the one that the program itself has installed. It ends
// early when the engine cancels. The program's output goes to the host's, which the engine shows.
func (h *host) Run(ctx context.Context, r *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(h.program, cancel)()

	cmd, err := programCommand(ctx, r, h.engineAddress())
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}, nil
	case ctx.Err() != nil:
		return &pulumirpc.RunResponse{Error: "the program was canceled"}, nil
	case errors.As(err, &exit) && exit.ExitCode() == exitedAfterMessage:
		return &pulumirpc.RunResponse{Bail: true}, nil
	case errors.As(err, &exit):
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("the program ended with %s", exit.ProcessState)}, nil
	default:
		return nil, fmt.Errorf("starting the program: %w", err)
	}
}

// programCommand is the command that runs a program, ready to start.
func programCommand(ctx context.Context, r *pulumirpc.RunRequest, engine string) (*exec.Cmd, error) {
	node, err := findNode()
	if err != nil {
		return nil, err
	}
	directory := r.GetInfo().GetProgramDirectory()
	sdk, err := findPackage(directory, "@pulumi/pulumi")
	if err != nil {
		return nil, err
	}
	options, err := readOptions(r.GetInfo().GetOptions().AsMap())
	if err != nil {
		return nil, err
	}
	environment, err := programEnvironment(r, options)
	if err != nil {
		return nil, err
	}
	args := append(options.nodeArgs, filepath.Join(sdk, "cmd", "run"))
	args = append(args, runnerArguments(r, engine)...)

	cmd := exec.CommandContext(ctx, node, args...)
	cmd.Dir = directory
	cmd.Env = environment
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = endGrace
	return cmd, nil
}

// runnerArguments are those of @pulumi/pulumi's cmd/run, the program's entry point and its own arguments last.
func runnerArguments(r *pulumirpc.RunRequest, engine string) []string {
	args := []string{
		"--monitor", r.GetMonitorAddress(), "--engine", engine,
		"--organization", r.GetOrganization(), "--project", r.GetProject(), "--stack", r.GetStack(),
		"--pwd", r.GetPwd(), "--parallel", strconv.Itoa(int(r.GetParallel())), "--query-mode", strconv.FormatBool(r.GetQueryMode()),
	}
	if root := r.GetInfo().GetRootDirectory(); root != "" {
		args = append(args, "--root-directory", root)
	}
	if r.GetDryRun() {
		args = append(args, "--dry-run")
	}
	entryPoint := r.GetInfo().GetEntryPoint()
	if entryPoint == "" {
		entryPoint = "." // the runner then follows package.json
	}
	return append(append(args, entryPoint), r.GetArgs()...)
}

// programEnvironment is the host's environment, with the configuration as the runner reads it.
func programEnvironment(r *pulumirpc.RunRequest, options runtimeOptions) ([]string, error) {
	config := r.GetConfig()
	if config == nil {
		config = map[string]string{} // the runner can't read null
	}
	configJSON, err := json.Marshal(config)
	if err != nil {
		return nil, err
	}
	secretKeysJSON, err := json.Marshal(append([]string{}, r.GetConfigSecretKeys()...))
	if err != nil {
		return nil, err
	}
	environment := append(os.Environ(),
		"PULUMI_CONFIG="+string(configJSON),
		"PULUMI_CONFIG_SECRET_KEYS="+string(secretKeysJSON),
		"PULUMI_NODEJS_TYPESCRIPT="+strconv.FormatBool(options.typescript),
	)
	if options.tsconfig != "" {
		environment = append(environment, "PULUMI_NODEJS_TSCONFIG_PATH="+options.tsconfig)
	}
	return environment, nil
}

// runtimeOptions are the options under `runtime` in Pulumi.yaml:
// https://www.pulumi.com/docs/iac/languages-sdks/javascript/#pulumi-project-options-for-javascript
type runtimeOptions struct {
	typescript bool     // run TypeScript as it is; default true
	tsconfig   string   // path of another tsconfig.json than the program's
	nodeArgs   []string // for node itself, before the program, written as in a shell
}

// readOptions fails on an option that the host does not know, and on a value of the wrong type: both would else be
// passed over.
func readOptions(values map[string]any) (runtimeOptions, error) {
	options := runtimeOptions{typescript: true}
	for name, value := range values {
		text, isText := value.(string)
		truth, isTruth := value.(bool)
		switch {
		case name == "typescript" && isTruth:
			options.typescript = truth
		case name == "tsconfig" && isText:
			options.tsconfig = text
		case name == "packagemanager" && value == "npm":
		case name == "nodeargs" && isText:
			var err error
			if options.nodeArgs, err = shlex.Split(text); err != nil {
				return options, fmt.Errorf("Pulumi.yaml: runtime option nodeargs %q: %w", text, err)
			}
		default:
			return options, fmt.Errorf("Pulumi.yaml: runtime option %s: %v is not served by the lab's own language host; "+
				"it knows typescript (true or false), tsconfig, nodeargs and packagemanager: npm", name, value)
		}
	}
	return options, nil
}
