package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"

	"github.com/pkg/sftp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/archive"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/asset"
)

// copyToRemote is command:remote:CopyToRemote: a file or a folder put on another machine over SFTP.
// Like the official one it leaves what it copied when it is deleted.
type copyToRemote struct{}

func (copyToRemote) validate(in resource.PropertyMap) map[string]string {
	return validateConnection(in)
}

func (copyToRemote) apply(ctx context.Context, log logger, in, _ resource.PropertyMap) (resource.PropertyMap, error) {
	target := newEndpoint(object(in, "connection"))
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
	to := text(in, "remotePath")
	switch source := openValue(in["source"]); {
	case source.IsAsset():
		err = copyAsset(files, source.AssetValue(), to)
	case source.IsArchive():
		err = copyArchive(files, source.ArchiveValue(), to)
	default:
		err = fmt.Errorf("source is neither an asset nor an archive")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: copy to %s: %w", target.name(), to, err)
	}
	return resource.PropertyMap{}, nil
}

func (copyToRemote) remove(context.Context, logger, resource.PropertyMap) error { return nil }

func copyAsset(files *sftp.Client, a *asset.Asset, to string) error {
	blob, err := a.Read()
	if err != nil {
		return err
	}
	return copyBlob(files, blob, to)
}

func copyArchive(files *sftp.Client, a *archive.Archive, to string) error {
	reader, err := a.Open()
	if err != nil {
		return err
	}
	defer reader.Close()
	for {
		name, blob, err := reader.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := copyBlob(files, blob, path.Join(to, filepath.ToSlash(name))); err != nil {
			return err
		}
	}
}

func copyBlob(files *sftp.Client, blob *asset.Blob, to string) error {
	defer blob.Close()
	if err := files.MkdirAll(path.Dir(to)); err != nil {
		return err
	}
	// A target that is a folder takes the file under its own name only where that is known; Pulumi's assets have none.
	file, err := files.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	if _, err := io.Copy(file, blob); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}
