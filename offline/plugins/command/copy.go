package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"certificate-lab/plugins/internal/engine"
	"github.com/pkg/sftp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// copyToRemote is command:remote:CopyToRemote: a file or a folder put on another machine over SFTP.
// Like the official one it leaves what it copied when it is deleted.
type copyToRemote struct{}

func (copyToRemote) validate(in resource.PropertyMap) map[string]string {
	failures := validateConnection(in)
	if source := engine.OpenValue(in["source"]); !source.IsComputed() && sourceOf(source) == nil {
		failures["source"] = "it must be a FileAsset, a StringAsset or a FileArchive"
	}
	return failures
}

func (copyToRemote) apply(ctx context.Context, log engine.Log, in, _ resource.PropertyMap) (resource.PropertyMap, error) {
	target := newEndpoint(engine.Object(in, "connection"))
	client, err := dial(ctx, log, target)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	files, err := sftp.NewClient(client)
	if err != nil {
		return nil, fmt.Errorf("%s: no SFTP: %w", target.name(), err)
	}
	defer files.Close()
	stop := context.AfterFunc(ctx, func() { _ = client.Close() })
	defer stop()
	to := engine.Text(in, "remotePath")
	if err := sourceOf(engine.OpenValue(in["source"]))(files, to); err != nil {
		return nil, fmt.Errorf("%s: copy to %s: %w", target.name(), to, err)
	}
	return resource.PropertyMap{}, nil
}

func (copyToRemote) remove(context.Context, engine.Log, resource.PropertyMap) error { return nil }

// source puts itself at a path of another machine.
type source func(files *sftp.Client, to string) error

// sourceOf returns nil for what can't be copied.
func sourceOf(v resource.PropertyValue) source {
	switch {
	case v.IsAsset() && v.AssetValue().IsText():
		return func(files *sftp.Client, to string) error {
			return copyStream(files, strings.NewReader(v.AssetValue().Text), to)
		}
	case v.IsAsset() && v.AssetValue().IsPath():
		return func(files *sftp.Client, to string) error { return copyPath(files, v.AssetValue().Path, to) }
	case v.IsArchive() && v.ArchiveValue().IsPath():
		return func(files *sftp.Client, to string) error { return copyPath(files, v.ArchiveValue().Path, to) }
	default:
		return nil
	}
}

// copyPath follows cp(1): into a folder that exists goes a file under its own name. A folder always goes below the
// target, unless its path ends with a slash, which stands for what is in it.
func copyPath(files *sftp.Client, from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if info.IsDir() {
		if !strings.HasSuffix(from, "/") {
			to = path.Join(to, filepath.Base(from))
		}
		return copyFolder(files, from, to)
	}
	there, err := files.Stat(to)
	if err == nil && there.IsDir() {
		to = path.Join(to, filepath.Base(from))
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return copyFile(files, from, to)
}

func copyFolder(files *sftp.Client, from, to string) error {
	return fs.WalkDir(os.DirFS(from), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return files.MkdirAll(path.Join(to, name))
		}
		return copyFile(files, filepath.Join(from, name), path.Join(to, name))
	})
}

func copyFile(files *sftp.Client, from, to string) error {
	file, err := os.Open(from)
	if err != nil {
		return err
	}
	defer file.Close()
	return copyStream(files, file, to)
}

func copyStream(files *sftp.Client, from io.Reader, to string) error {
	if err := files.MkdirAll(path.Dir(to)); err != nil {
		return err
	}
	file, err := files.Create(to)
	if err != nil {
		return err
	}
	if _, err := io.Copy(file, from); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}
