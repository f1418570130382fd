package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"certificate-lab/plugins/internal/engine"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

const urn = "urn:pulumi:dev::lab::command:local:Command::test"

func properties(t *testing.T, m map[string]any) resource.PropertyMap {
	t.Helper()
	return resource.NewPropertyMapFromMap(m)
}

func create(t *testing.T, in resource.PropertyMap) (resource.PropertyMap, error) {
	t.Helper()
	inputs, err := engine.Write(in)
	if err != nil {
		t.Fatal(err)
	}
	response, err := newProvider().Create(context.Background(), &pulumirpc.CreateRequest{Urn: urn, Properties: inputs})
	if err != nil {
		return nil, err
	}
	state, err := engine.Read(response.GetProperties())
	if err != nil {
		t.Fatal(err)
	}
	return state, nil
}

func TestCreateKeepsOutput(t *testing.T) {
	state, err := create(t, properties(t, map[string]any{
		"create":      "cat; echo $NAME; echo wrong >&2",
		"stdin":       "given\n",
		"environment": map[string]any{"NAME": "value"},
	}))
	if err != nil {
		t.Fatal(err)
	}
	if got := engine.Text(state, "stdout"); got != "given\nvalue" {
		t.Errorf("stdout is %q", got)
	}
	if got := engine.Text(state, "stderr"); got != "wrong" {
		t.Errorf("stderr is %q", got)
	}
}

func TestFailureQuotesTheCommand(t *testing.T) {
	_, err := create(t, properties(t, map[string]any{"create": "echo the reason >&2; exit 3"}))
	if err == nil || !strings.Contains(err.Error(), "exit status 3") || !strings.Contains(err.Error(), "the reason") {
		t.Errorf("the error is %v", err)
	}
}

func TestSecretInputStaysSecret(t *testing.T) {
	in := properties(t, map[string]any{"create": "cat"})
	in["stdin"] = resource.MakeSecret(resource.NewProperty("key"))
	state, err := create(t, in)
	if err != nil {
		t.Fatal(err)
	}
	if !state["stdin"].IsSecret() || engine.Text(state, "stdin") != "key" {
		t.Errorf("stdin is %v", state["stdin"])
	}
}

func TestCancelEndsACommandWithItsChildren(t *testing.T) {
	p := newProvider()
	pidFile := filepath.Join(t.TempDir(), "pid")
	inputs, err := engine.Write(properties(t, map[string]any{
		"create":      "sleep 600 & echo $! >$FILE.new && mv $FILE.new $FILE; wait",
		"environment": map[string]any{"FILE": pidFile},
	}))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() {
		_, err := p.Create(context.Background(), &pulumirpc.CreateRequest{Urn: urn, Properties: inputs})
		ended <- err
	}()
	var written []byte
	for written == nil {
		time.Sleep(10 * time.Millisecond)
		written, _ = os.ReadFile(pidFile)
	}
	child, err := strconv.Atoi(strings.TrimSpace(string(written)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Cancel(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("the error is %v", err)
	}
	// A child that has ended stays visible until its new parent has waited for it.
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", child))
	if err == nil && !strings.Contains(string(status), ") Z ") {
		t.Errorf("the child is still there: %s", status)
	}
}

func TestUnservedInputsAreRefused(t *testing.T) {
	inputs, err := engine.Write(properties(t, map[string]any{"create": "true", "assetPaths": []any{"*"}}))
	if err != nil {
		t.Fatal(err)
	}
	got, err := newProvider().Check(context.Background(), &pulumirpc.CheckRequest{Urn: urn, News: inputs})
	if err != nil || len(got.GetFailures()) != 1 || got.GetFailures()[0].GetProperty() != "assetPaths" {
		t.Errorf("got %v %v", got, err)
	}
}

func TestDiff(t *testing.T) {
	diff := func(old, news map[string]any) *pulumirpc.DiffResponse {
		before, err := engine.Write(properties(t, old))
		if err != nil {
			t.Fatal(err)
		}
		after, err := engine.Write(properties(t, news))
		if err != nil {
			t.Fatal(err)
		}
		response, err := newProvider().Diff(context.Background(),
			&pulumirpc.DiffRequest{OldInputs: before, News: after})
		if err != nil {
			t.Fatal(err)
		}
		return response
	}
	old := map[string]any{"create": "a", "triggers": []any{"1"}}
	if got := diff(old, old); got.GetChanges() != pulumirpc.DiffResponse_DIFF_NONE {
		t.Errorf("no change is %v", got)
	}
	if got := diff(old, map[string]any{"create": "a", "triggers": []any{"2"}}); len(got.GetReplaces()) != 1 {
		t.Errorf("another trigger is %v", got)
	}
	changed := map[string]any{"create": "b", "triggers": []any{"1"}}
	if got := diff(old, changed); len(got.GetReplaces()) != 0 || got.GetChanges() != pulumirpc.DiffResponse_DIFF_SOME {
		t.Errorf("another command is %v", got)
	}
}

func TestUpdate(t *testing.T) {
	old := properties(t, map[string]any{"stdout": "one", "stderr": "two"})
	for name, test := range map[string]struct {
		in     map[string]any
		stdout string
	}{
		"the previous output":      {map[string]any{"create": "false", "update": "echo was $PULUMI_COMMAND_STDOUT"}, "was one"},
		"create without an update": {map[string]any{"create": "echo again"}, "again"},
		"no script":                {map[string]any{"delete": "false"}, "one"},
		"switched off": {map[string]any{"create": "echo was $PULUMI_COMMAND_STDOUT", "addPreviousOutputInEnv": false},
			"was"},
	} {
		out, err := localCommand{}.apply(context.Background(), engine.Log{}, properties(t, test.in), old)
		if err != nil {
			t.Fatal(err)
		}
		if got := engine.Text(out, "stdout"); got != test.stdout {
			t.Errorf("%s: stdout is %q", name, got)
		}
	}
}
