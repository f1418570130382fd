package main

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

// How long a test waits for what happens at once on an idle machine.
const deadline = time.Minute

// request asks to run a program whose runner is the given JavaScript.
func request(t *testing.T, runner string, options map[string]any) *pulumirpc.RunRequest {
	t.Helper()
	directory := t.TempDir()
	write(t, directory, map[string]string{
		"package.json": `{"dependencies": {"@pulumi/pulumi": "3"}}`,
		"node_modules/@pulumi/pulumi/package.json":     `{"name": "@pulumi/pulumi", "version": "3.0.0"}`,
		"node_modules/@pulumi/pulumi/cmd/run/index.js": runner,
	})
	values, err := structpb.NewStruct(options)
	if err != nil {
		t.Fatal(err)
	}
	return &pulumirpc.RunRequest{
		Project: "project", Stack: "stack", Organization: "organization", Pwd: directory, MonitorAddress: "127.0.0.1:1", Parallel: 4,
		Info: &pulumirpc.ProgramInfo{RootDirectory: directory, ProgramDirectory: directory, EntryPoint: ".", Options: values},
	}
}

// output is what a runner wrote into the file `output` of its folder.
func output(t *testing.T, r *pulumirpc.RunRequest) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(r.GetPwd(), "output"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestRunPassesConfigurationAndArguments(t *testing.T) {
	r := request(t, `require("fs").writeFileSync("output", [process.env.PULUMI_CONFIG, process.env.PULUMI_CONFIG_SECRET_KEYS,
		process.env.PULUMI_NODEJS_TYPESCRIPT, process.env.PULUMI_NODEJS_TSCONFIG_PATH, process.execArgv, process.argv.slice(2).join(" ")].join("\n"))`,
		map[string]any{"nodeargs": "--no-warnings '--title=two words'", "tsconfig": "other.json", "packagemanager": "npm"})
	r.DryRun = true
	response, err := newHost("127.0.0.1:2").Run(context.Background(), r)
	if err != nil || response.GetError() != "" {
		t.Fatal(err, response)
	}
	got := strings.Split(output(t, r), "\n")
	want := []string{"{}", "[]", "true", "other.json", "--no-warnings,--title=two words"}
	if !reflect.DeepEqual(got[:5], want) {
		t.Errorf("want %q, got %q", want, got[:5])
	}
	for _, argument := range []string{"--monitor 127.0.0.1:1", "--engine 127.0.0.1:2", "--stack stack", "--parallel 4", "--dry-run ."} {
		if !strings.Contains(got[5], argument) {
			t.Errorf("%q is missing from %q", argument, got[5])
		}
	}
}

func TestRunReportsFailure(t *testing.T) {
	for _, c := range []struct {
		runner, message string
		bail            bool
	}{
		{"process.exit(32)", "", true},
		{"process.exit(3)", "exit status 3", false},
		{"process.kill(process.pid, 'SIGKILL')", "killed", false},
	} {
		response, err := newHost("").Run(context.Background(), request(t, c.runner, nil))
		if err != nil {
			t.Fatal(err)
		}
		if response.GetBail() != c.bail || !strings.Contains(response.GetError(), c.message) || (c.message == "") != (response.GetError() == "") {
			t.Errorf("%s: got %v", c.runner, response)
		}
	}
}

func TestCancelEndsTheProgram(t *testing.T) {
	h := newHost("")
	r := request(t, `require("fs").writeFileSync("output", "started"); setInterval(() => {}, 1000)`, nil)
	done := make(chan *pulumirpc.RunResponse, 1)
	go func() {
		response, err := h.Run(context.Background(), r)
		if err != nil {
			t.Error(err)
		}
		done <- response
	}()
	for start := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(r.GetPwd(), "output")); err == nil {
			break
		}
		if time.Since(start) > deadline {
			t.Fatal("the program didn't start")
		}
	}
	if _, err := h.Cancel(context.Background(), &emptypb.Empty{}); err != nil {
		t.Fatal(err)
	}
	select {
	case response := <-done:
		if !strings.Contains(response.GetError(), "canceled") {
			t.Errorf("got %v", response)
		}
	case <-time.After(deadline):
		t.Fatal("the program outlived Cancel")
	}
}

func TestOptionsThatAreNotServedAreRefused(t *testing.T) {
	for _, values := range []map[string]any{
		{"typescript": "yes"}, {"nodeargs": 1.0}, {"nodeargs": "'open"}, {"packagemanager": "yarn"}, {"tsconfg": "misspelt.json"},
	} {
		if _, err := readOptions(values); err == nil || !strings.Contains(err.Error(), "Pulumi.yaml") {
			t.Errorf("%v: got %v", values, err)
		}
	}
	options, err := readOptions(map[string]any{"typescript": false})
	if err != nil || options.typescript {
		t.Errorf("typescript: false is not respected: %v %v", options, err)
	}
}

func TestEntryPointAndArgumentsComeLast(t *testing.T) {
	args := runnerArguments(&pulumirpc.RunRequest{Info: &pulumirpc.ProgramInfo{EntryPoint: "infra/index.ts"}, Args: []string{"one"}}, "engine")
	if tail := args[len(args)-2:]; !slices.Equal(tail, []string{"infra/index.ts", "one"}) {
		t.Errorf("got %q", tail)
	}
}
