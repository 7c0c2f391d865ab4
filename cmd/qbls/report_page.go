package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/qbls/qbls/compiler"
	"github.com/qbls/qbls/compiler/contract"
	"github.com/qbls/qbls/compiler/page"
)

// reportPage compiles a project without writing its output, and draws what it enforces and what was proven of it into one HTML file. "-" is
// standard output. A broken contract is on the page, and the exit code is 1.
func reportPage(ctx context.Context, args []string, file string, out, say io.Writer) error {
	w, root, err := openProject(args)
	if err != nil {
		return err
	}
	folder := outputFolder(w.folder, w.Current(), root)
	result, err := made(ctx, w, root, folder, compiler.Options{GeneratedAt: generatedAt(), Pending: true}, say)
	if err != nil {
		return err
	}
	s := w.Current()
	report, err := reportOf(result, contract.SettingsOf(s.Project(root).Config.Source))
	if err != nil {
		return failed(err)
	}
	var b bytes.Buffer
	if err := page.Write(&b, s, root, report); err != nil {
		return failed(fmt.Errorf("draw the page: %w", err))
	}
	if file == "-" {
		_, err = out.Write(b.Bytes())
	} else if err = os.WriteFile(file, b.Bytes(), 0o644); err == nil {
		fmt.Fprintf(out, "%s: %d resources, one file that needs no network.\n", file, len(s.Project(root).Resources))
	}
	if err != nil {
		return unreadable("cannot write the page: %w", err)
	}
	if report != nil && report.Summary.Status == contract.Fail {
		return exit{code: exitErrors}
	}
	return nil
}

// reportOf is the report among compiled files; nil where the configuration wants none, or a key is missing.
func reportOf(result *compiler.Result, settings contract.Settings) (*contract.Report, error) {
	for _, f := range result.Files {
		if string(f.Path) != contract.Folder+"/"+settings.Path {
			continue
		}
		var report contract.Report
		if err := json.Unmarshal(f.Content, &report); err != nil {
			return nil, fmt.Errorf("read the report: %w", err)
		}
		return &report, nil
	}
	return nil, nil
}
