package app

import (
	"slices"
	"sort"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/ts"
)

// authPart is a plugin of Better Auth that has a module of the library to itself: a backend carries it when the configuration names it.
type authPart struct {
	plugin           string // as the configuration names it
	function, module string // of the library
	schema           string // what it adds to Better Auth's tables, "" for nothing
	pkg              string // the package it comes from, "" when it is Better Auth's own
	mail             bool   // it sends mail
}

var authParts = []authPart{
	{plugin: "admin", function: "administrators", module: "auth-admin", schema: "admin"},
	{plugin: "anonymous", function: "anonymousUsers", module: "auth-anonymous", schema: "anonymous"},
	{plugin: "apiKey", function: "apiKeys", module: "auth-api-key", schema: "apiKey", pkg: "@better-auth/api-key"},
	{plugin: "comboAuth", function: "codesAndLinks", module: "auth-combo", mail: true},
	{plugin: "deviceAuthorization", function: "devices", module: "auth-device", schema: "deviceAuthorization"},
	{plugin: "emailOtp", function: "emailCodes", module: "auth-email-otp", mail: true},
	{plugin: "magicLink", function: "magicLinks", module: "auth-magic-link", mail: true},
	{plugin: "passkey", function: "passkeys", module: "auth-passkey", schema: "passkey", pkg: "@better-auth/passkey"},
}

// SendsMail says whether a plugin works only where mail is configured.
func SendsMail(plugin string) bool {
	return slices.ContainsFunc(authParts, func(part authPart) bool { return part.plugin == plugin && part.mail })
}

// always are plugins that need no module of their own: with organizations, and for bearer tokens, every backend has them.
var always = []string{"bearer", "organization"}

// Plugins are the plugins of Better Auth that are emitted, sorted.
func Plugins() []string {
	out := slices.Clone(always)
	for _, part := range authParts {
		out = append(out, part.plugin)
	}
	sort.Strings(out)
	return out
}

// reset is what mail does for passwords, invite for organizations, social the accounts of others: no plugins, but parts all the same.
var (
	reset  = authPart{function: "passwordReset", module: "auth-reset", mail: true}
	invite = authPart{function: "invitations", module: "auth-invitation", mail: true}
	social = authPart{function: "socialLogin", module: "auth-social"}
)

// authPartsOf are those of a project, in the order of authParts.
func authPartsOf(p *model.Project) []authPart {
	out := slices.DeleteFunc(slices.Clone(authParts), func(part authPart) bool { return !p.Config.HasPlugin(part.plugin) })
	if p.Config.Mail != nil && p.Config.EmailPassword {
		out = append(out, reset)
	}
	if p.Config.Mail != nil && p.Config.Organizations {
		out = append(out, invite)
	}
	if len(p.Config.Social) > 0 {
		out = append(out, social)
	}
	return out
}

// auth is src/auth/index.ts.
func auth(p *model.Project) string {
	const day = 86400
	c := p.Config
	calls, imports := ts.Array{}, []string{ts.Import([]string{"defineAuth"}, "../lib/auth.ts")}
	for _, part := range authPartsOf(p) {
		imports = append(imports, ts.Import([]string{part.function}, "../lib/"+part.module+".ts"))
		calls = append(calls, ts.Code(part.function+"("+argument(p, part)+")"))
	}
	o := ts.Obj().Set("schema", ts.Code("schema")).Set("organizations", ts.Bool(c.Organizations)).Set("roles", ts.Strings(Roles(p)))
	if c.Organizations {
		o.Set("roleHierarchy", ts.Strings(c.Hierarchy))
	}
	if p.Teams() {
		o.Set("teams", ts.Bool(true))
	}
	o.Set("emailAndPassword", ts.Bool(c.EmailPassword)).
		Set("session", ts.Obj().Set("expiresIn", ts.Number(c.SessionDays*day)).Set("updateAge", ts.Number(c.SessionUpdateDays*day))).
		Set("trustedOrigins", ts.Strings(c.Origins))
	if list := rateLimit(c.Source); len(list) > 0 {
		o.Set("rateLimit", optionsOf(list))
	}
	if c.Mail != nil {
		call, module := mail(c.Mail)
		imports = append(imports, ts.Import([]string{strings.SplitN(call, "(", 2)[0]}, "../lib/"+module+".ts"))
		o.Set("mail", ts.Code(call))
	}
	if len(calls) > 0 {
		o.Set("plugins", calls)
	}
	sort.Strings(imports)
	return generated + strings.Join(imports, "") + "import * as schema from './schema.ts';\n\nexport const auth = defineAuth(" + ts.Print(o, 0, ts.Width, 2) + ");\n"
}

// rateLimit is what is said of it.
func rateLimit(c *definition.Config) (out []definition.Option) {
	if c == nil || c.RateLimit == nil {
		return nil
	}
	if v, ok := c.RateLimit.Enabled.Get(); ok {
		out = append(out, definition.Option{Key: "enabled", Value: v})
	}
	if v, ok := c.RateLimit.Window.Get(); ok {
		out = append(out, definition.Option{Key: "window", Value: v})
	}
	if v, ok := c.RateLimit.Max.Get(); ok {
		out = append(out, definition.Option{Key: "max", Value: v})
	}
	return out
}

// mail is the call that makes the transport, and its module.
func mail(m *model.Mail) (call, module string) {
	o := ts.Obj().Set("from", ts.String(m.From)).Set("fromName", ts.String(m.FromName))
	if m.Provider == "aws-ses" {
		return "sesMail(" + ts.Flat(o.Set("region", ts.String(m.Region))) + ")", "mail-ses"
	}
	return "cloudflareMail(" + ts.Flat(o) + ")", "mail-cloudflare"
}

// argument is what the function of a part is called with.
func argument(p *model.Project, part authPart) string {
	switch {
	case part == social:
		return ts.Flat(providersOf(p.Config.Social))
	case part.plugin == "anonymous":
		if o := ownedColumns(p); !o.Empty() {
			return ts.Flat(o)
		}
	}
	for _, given := range p.Config.Plugins {
		if given.Name.Text == part.plugin && len(given.Options) > 0 {
			return ts.Flat(optionsOf(given.Options))
		}
	}
	return ""
}

// optionsOf nests dotted options again.
func optionsOf(list []definition.Option) *ts.Object {
	out, sections := ts.Obj(), map[string]*ts.Object{}
	for _, option := range list {
		section, key, nested := strings.Cut(option.Key, ".")
		if !nested {
			out.Set(option.Key, ts.Of(option.Value))
			continue
		}
		if sections[section] == nil {
			sections[section] = ts.Obj()
			out.Set(section, sections[section])
		}
		sections[section].Set(key, ts.Of(option.Value))
	}
	return out
}

// providersOf names the variables that a provider's id and secret are in.
func providersOf(list []definition.SocialProvider) *ts.Object {
	out := ts.Obj()
	for _, s := range list {
		o := ts.Obj().Set("id", ts.String(s.ID)).Set("secret", ts.String(s.Secret))
		if len(s.Scopes) > 0 {
			scopes := make([]string, len(s.Scopes))
			for i, scope := range s.Scopes {
				scopes[i] = scope.Text
			}
			o.Set("scope", ts.Strings(scopes))
		}
		out.Set(s.Name.Text, o)
	}
	return out
}

// ownedColumns are the columns with users' ids of tables whose rows belong to their users: whose row it is, and who wrote it.
func ownedColumns(p *model.Project) *ts.Object {
	out := ts.Obj()
	for _, r := range p.Resources {
		if r.Table == nil || r.Firewall.Owner == "" {
			continue
		}
		var names []string
		for _, key := range []string{r.Firewall.Owner, "createdBy", "modifiedBy", "deletedBy"} {
			if c := r.Table.Column(key); c != nil && !slices.Contains(names, c.Name) {
				names = append(names, c.Name)
			}
		}
		out.Set(r.Table.Name, ts.Strings(names))
	}
	return out
}
