package model

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"io"
	"slices"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics/text"
)

// DefaultHierarchy ranks Better Auth's own organisation roles, lowest first (language.md, Access).
var DefaultHierarchy = []string{"member", "admin", "owner"}

// linkConfig fills in the documented defaults.
func linkConfig(f *definition.File) *Config {
	c := &Config{Name: "app", GenerateID: "prefixed", SnakeCase: true, AuditFields: true, OutputDir: ".", OpenAPI: true, PublishOpenAPI: true, Registry: true, ETag: true, EmailPassword: true, Hierarchy: DefaultHierarchy, Organizations: true, SessionDays: 7, SessionUpdateDays: 1}
	if f == nil || f.Config == nil {
		return c
	}
	d := f.Config
	c.Path, c.Source, c.Hash = f.Path, d, f.Shape
	c.Name = d.Name.Or(c.Name)
	c.Runtime, c.Database, c.Auth = d.Runtime.V, d.Database.V, d.Auth.V
	c.Organizations = d.Organizations.Or(true)
	c.GenerateID = d.GenerateID.Or(c.GenerateID)
	c.SnakeCase = d.Naming.Or("snake_case") == "snake_case"
	c.AuditFields = d.AuditFields.Or(true)
	c.OutputDir = d.OutputDir.Or(".")
	c.OpenAPI, c.Registry, c.ETag = d.OpenAPI.Or(true), d.SchemaRegistry.Or(true), d.ETag.Or(true)
	c.PublishOpenAPI = c.OpenAPI && d.OpenAPIPublish.Or(true)
	c.EmailPassword = d.EmailPassword.Or(true)
	if d.RoleHierarchy != nil && len(d.RoleHierarchy.Items) > 0 {
		c.HierarchySet, c.Hierarchy = true, texts(d.RoleHierarchy.Items)
	}
	c.Origins, c.Context = texts(d.TrustedOrigins), texts(d.Context)
	c.Plugins, c.Social = d.AuthPlugins, d.Social
	c.SessionDays, c.SessionUpdateDays = d.SessionDays.Or(7), d.SessionUpdateDays.Or(1)
	if m := d.Mail; m != nil {
		c.Mail = &Mail{Provider: m.Provider.Or("cloudflare"), Region: m.Region.Or("us-east-2"), From: m.From.Or("noreply@example.com"), FromName: m.FromName.Or(c.Name + " | Account Services")}
	}
	c.Env = texts(d.Env)
	for _, p := range d.Dependencies {
		c.Dependencies = append(c.Dependencies, [2]string{p.Key.Text, p.Value.Text})
	}
	return c
}

func texts(names []definition.Name) []string {
	var out []string
	for _, n := range names {
		out = append(out, n.Text)
	}
	return out
}

// HasPlugin says whether Better Auth gets a plugin.
func (c *Config) HasPlugin(name string) bool {
	return slices.ContainsFunc(c.Plugins, func(p definition.AuthPlugin) bool { return p.Name.Text == name })
}

// digest hashes a sequence of texts; each is written with its length, so that no two sequences run together.
type digest struct{ h hash.Hash }

func newDigest() digest { return digest{sha256.New()} }

func (d digest) text(parts ...string) {
	var length [4]byte
	for _, s := range parts {
		binary.LittleEndian.PutUint32(length[:], uint32(len(s)))
		d.h.Write(length[:])
		io.WriteString(d.h, s)
	}
}

func (d digest) hash(parts ...text.Hash) {
	for _, h := range parts {
		d.h.Write(h[:])
	}
}

func (d digest) sum() text.Hash { return text.Hash(d.h.Sum(nil)) }
