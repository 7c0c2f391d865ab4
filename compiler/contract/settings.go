package contract

import (
	"fmt"
	"path"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
)

// Settings are compiler.securityContracts with their defaults (seeds: compiler__config, Security Contract Reports and Signing).
type Settings struct {
	Warn          bool   // failMode: "warn"
	Report        bool   // whether a report is written
	Path          string // of the report, relative to the output's quickback folder
	Signature     bool
	SignaturePath string
	Required      bool // a key is
	Key           string
	KeyEnv        string
	KeyID         string
}

// DefaultKeyEnv is the variable that holds the key when the configuration names none.
const DefaultKeyEnv = "QUICKBACK_SECURITY_REPORT_SIGNING_KEY"

// Folder holds the paths of settings, relative to the output.
const Folder = "quickback"

// SettingsOf returns the settings of a configuration.
func SettingsOf(c *definition.Config) Settings {
	s := Settings{Report: true, Path: "reports/security-contracts.report.json", Signature: true, KeyEnv: DefaultKeyEnv}
	if c == nil || c.Contracts == nil {
		s.SignaturePath = SignaturePath(s.Path)
		return s
	}
	k := c.Contracts
	s.Warn = k.FailMode.Or("error") == "warn"
	s.Report, s.Path = k.Report.Or(true), clean(k.Path.Or(s.Path), s.Path)
	s.SignaturePath = SignaturePath(s.Path)
	g := k.Signature
	s.Signature, s.Required = g.Enabled.Or(true), g.Required.Or(false)
	s.Key, s.KeyEnv, s.KeyID, s.SignaturePath = g.Key.Or(""), g.KeyEnv.Or(s.KeyEnv), g.KeyID.Or(""), clean(g.Path.Or(s.SignaturePath), s.SignaturePath)
	return s
}

// SignaturePath is where the signature of a report lies when the configuration does not say.
func SignaturePath(report string) string { return strings.TrimSuffix(report, ".json") + ".sig.json" }

// clean keeps a path within the folder.
func clean(p, otherwise string) string {
	if p = path.Clean(strings.TrimPrefix(p, "./")); p == "." || strings.HasPrefix(p, "..") || path.IsAbs(p) {
		return otherwise
	}
	return p
}

// SigningKey is the key that the settings name: written out, else from the environment. It is nil without an error when there is none.
func (s Settings) SigningKey(getenv func(string) string) (*Key, error) {
	text := s.Key
	from := "signature.key"
	if text == "" && getenv != nil {
		text, from = getenv(s.KeyEnv), s.KeyEnv
	}
	if text == "" {
		return nil, nil
	}
	key, err := ParseKey(text, s.KeyID)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", from, err)
	}
	return key, nil
}
