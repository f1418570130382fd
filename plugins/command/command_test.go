package main

import (
	"context"
	"strings"
	"testing"

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
	inputs, err := write(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := newProvider().Create(context.Background(), &pulumirpc.CreateRequest{Urn: urn, Properties: inputs})
	if err != nil {
		return nil, err
	}
	state, err := read(response.GetProperties(), true)
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
	if got := text(state, "stdout"); got != "given\nvalue" {
		t.Errorf("stdout is %q", got)
	}
	if got := text(state, "stderr"); got != "wrong" {
		t.Errorf("stderr is %q", got)
	}
}

func TestFailureQuotesTheCommand(t *testing.T) {
	_, err := create(t, properties(t, map[string]any{"create": "echo the reason >&2; exit 3"}))
	if err == nil || !strings.Contains(err.Error(), "exit status 3") || !strings.Contains(err.Error(), "the reason") {
		t.Errorf("the error is %v", err)
	}
}

func TestSecretInputMakesSecretOutput(t *testing.T) {
	in := properties(t, map[string]any{"create": "cat"})
	in["stdin"] = resource.MakeSecret(resource.NewProperty("key"))
	state, err := create(t, in)
	if err != nil {
		t.Fatal(err)
	}
	if !state["stdout"].IsSecret() {
		t.Error("stdout is not secret")
	}
}

func TestDiff(t *testing.T) {
	diff := func(old, news map[string]any, ignore ...string) *pulumirpc.DiffResponse {
		before, err := write(properties(t, old), nil)
		if err != nil {
			t.Fatal(err)
		}
		after, err := write(properties(t, news), nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := newProvider().Diff(context.Background(),
			&pulumirpc.DiffRequest{OldInputs: before, News: after, IgnoreChanges: ignore})
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
	if got := diff(old, changed, "create"); got.GetChanges() != pulumirpc.DiffResponse_DIFF_NONE {
		t.Errorf("an ignored change is %v", got)
	}
}

func TestUpdateSeesThePreviousOutput(t *testing.T) {
	in := properties(t, map[string]any{"create": "echo one", "update": "echo was $PULUMI_COMMAND_STDOUT"})
	old := properties(t, map[string]any{"stdout": "one"})
	out, err := localCommand{}.apply(context.Background(), logger{}, in, old)
	if err != nil {
		t.Fatal(err)
	}
	if got := text(out, "stdout"); got != "was one" {
		t.Errorf("stdout is %q", got)
	}
}
