package contract

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/contract/literal"
	"github.com/qbls/qbls/diagnostics/text"
)

// authentication reads src/auth/index.ts and compares it with the configuration.
func (v *verifier) authentication() {
	const file text.Path = "src/auth/index.ts"
	m := v.read(file, AuthGate, nil)
	if m == nil {
		return
	}
	c := v.only(file, m, "auth", AuthGate)
	if c == nil {
		return
	}
	call := c.Value
	if call.Form != literal.Call || !call.On.IsName("defineAuth") || !comes(file, m, "defineAuth", "src/lib/auth.ts", "defineAuth") || len(call.Items) != 1 || call.Items[0].Form != literal.Object {
		v.odd(file, spanOf(call), "auth", "defineAuth({ … }) of the library")
		return
	}
	cfg := v.Project.Config
	for _, p := range call.Items[0].Props {
		ok, at := false, span{p.Start, p.End}
		switch p.Name {
		case "schema":
			ok = p.Value.IsName("schema") && comes(file, m, "schema", "src/auth/schema.ts", "*")
		case "organizations":
			ok = p.Value.Form == literal.Bool && p.Value.Bool == cfg.Organizations
		case "emailAndPassword":
			ok = p.Value.Form == literal.Bool && p.Value.Bool == cfg.EmailPassword
		case "roles":
			ok = slices.Equal(stringsOf(p.Value), v.roles())
		case "roleHierarchy":
			ok = cfg.Organizations && slices.Equal(stringsOf(p.Value), cfg.Hierarchy)
		case "teams":
			ok = p.Value.Form == literal.Bool && p.Value.Bool == v.Project.Teams()
		case "trustedOrigins":
			ok = p.Value.Form == literal.List && slices.Equal(stringsOf(p.Value), append([]string{}, cfg.Origins...))
		case "session":
			ok = sameOptions(p.Value, []definition.Option{{Key: "expiresIn", Value: cfg.SessionDays * 86400}, {Key: "updateAge", Value: cfg.SessionUpdateDays * 86400}})
		case "rateLimit":
			ok = cfg.Source != nil && cfg.Source.RateLimit != nil && sameOptions(p.Value, rateLimit(cfg.Source.RateLimit))
		case "mail":
			ok = cfg.Mail != nil && v.mail(file, m, p.Value)
		case "plugins":
			if ok = v.parts(file, m, p.Value); !ok {
				at = v.foreign(file, m, p.Value, at)
			}
		}
		if !ok {
			v.violate(broken{rule: AuthGate, subject: "auth." + p.Name, file: file, at: at, declared: "what the configuration says", emitted: short(v.text(file)[p.Start:p.End]),
				message: "Authentication is not set up as the configuration says: " + p.Name + "."})
		}
	}
	required := []string{"schema", "organizations", "roles", "trustedOrigins", "emailAndPassword", "session"}
	if cfg.Organizations {
		required = append(required, "roleHierarchy") // it limits what members may give to each other
	}
	if cfg.Source != nil && len(rateLimit(cfg.Source.RateLimit)) > 0 {
		required = append(required, "rateLimit")
	}
	if cfg.Mail != nil {
		required = append(required, "mail")
	}
	if v.Project.Teams() {
		required = append(required, "teams")
	}
	if len(v.wantedParts()) > 0 {
		required = append(required, "plugins")
	}
	for _, name := range required {
		if call.Items[0].Get(name) == nil {
			v.violate(broken{rule: AuthGate, subject: "auth." + name, file: file, at: spanOf(call), declared: name, emitted: "nothing", message: "Authentication is not set up as the configuration says: " + name + " is missing."})
		}
	}
	v.prove(AuthGate, file, spanOf(call), "authentication")
}

// rateLimit is what the configuration says of it, by the names of the library.
func rateLimit(r *definition.RateLimit) []definition.Option {
	if r == nil {
		return nil
	}
	var out []definition.Option
	if r.Enabled.State == definition.Known {
		out = append(out, definition.Option{Key: "enabled", Value: r.Enabled.V})
	}
	for key, v := range map[string]definition.Value[float64]{"window": r.Window, "max": r.Max} {
		if v.State == definition.Known {
			out = append(out, definition.Option{Key: key, Value: v.V})
		}
	}
	return out
}

// authParts are the functions of the library that mount plugins of Better Auth, each in a module of its own.
var authParts = map[string]struct{ function, module string }{
	"admin":               {"administrators", "auth-admin"},
	"anonymous":           {"anonymousUsers", "auth-anonymous"},
	"apiKey":              {"apiKeys", "auth-api-key"},
	"comboAuth":           {"codesAndLinks", "auth-combo"},
	"deviceAuthorization": {"devices", "auth-device"},
	"passkey":             {"passkeys", "auth-passkey"},
	"emailOtp":            {"emailCodes", "auth-email-otp"},
	"magicLink":           {"magicLinks", "auth-magic-link"},
}

// wantedParts are the functions that mount what the configuration names, with their options.
func (v *verifier) wantedParts() map[string][]definition.Option {
	want := map[string][]definition.Option{}
	for _, plugin := range v.Project.Config.Plugins {
		if part, separate := authParts[plugin.Name.Text]; separate && want[part.function] == nil {
			want[part.function] = plugin.Options
			if plugin.Name.Text == "anonymous" {
				want[part.function] = v.owned()
			}
		}
	}
	if v.Project.Config.Mail != nil && v.Project.Config.EmailPassword {
		want["passwordReset"] = nil
	}
	if v.Project.Config.Mail != nil && v.Project.Config.Organizations {
		want["invitations"] = nil
	}
	for _, s := range v.Project.Config.Social {
		name := s.Name.Text
		want["socialLogin"] = append(want["socialLogin"], definition.Option{Key: name + ".id", Value: s.ID}, definition.Option{Key: name + ".secret", Value: s.Secret})
		if len(s.Scopes) > 0 {
			want["socialLogin"] = append(want["socialLogin"], definition.Option{Key: name + ".scope", Value: list(s.Scopes)})
		}
	}
	return want
}

// parts compares what is mounted with the plugins that the configuration names: each once, with its options, and no other.
func (v *verifier) parts(file text.Path, m *literal.Module, calls *literal.Value) bool {
	want := v.wantedParts()
	if calls.Form != literal.List || len(calls.Items) != len(want) {
		return false
	}
	for _, call := range calls.Items {
		if call.Form != literal.Call || call.On.Form != literal.Path || len(call.On.Path) != 1 {
			return false
		}
		name := call.On.Path[0]
		options, wanted := want[name]
		delete(want, name)
		if !wanted || !v.mounts(file, m, name) || len(call.Items) > 1 || (len(call.Items) == 1) != (len(options) > 0) || len(options) > 0 && !sameOptions(call.Items[0], options) {
			return false
		}
	}
	return len(want) == 0
}

// foreign is the import of a part that is not the library's, else another place.
func (v *verifier) foreign(file text.Path, m *literal.Module, calls *literal.Value, otherwise span) span {
	for _, call := range calls.Items {
		if call.Form == literal.Call && call.On.Form == literal.Path && len(call.On.Path) == 1 && !v.mounts(file, m, call.On.Path[0]) {
			return importAt(m, call.On.Path[0], otherwise)
		}
	}
	return otherwise
}

// mail compares what sends mail with the configuration.
func (v *verifier) mail(file text.Path, m *literal.Module, call *literal.Value) bool {
	mail := v.Project.Config.Mail
	name, module := "cloudflareMail", text.Path("src/lib/mail-cloudflare.ts")
	options := []definition.Option{{Key: "from", Value: mail.From}, {Key: "fromName", Value: mail.FromName}}
	if mail.Provider == "aws-ses" {
		name, module = "sesMail", "src/lib/mail-ses.ts"
		options = append(options, definition.Option{Key: "region", Value: mail.Region})
	}
	return call.Form == literal.Call && call.On.IsName(name) && comes(file, m, name, module, name) && len(call.Items) == 1 && sameOptions(call.Items[0], options)
}

// owned are the columns that become an account's when an anonymous user signs in: in tables with an owner scope, whose row it is and who
// wrote it.
func (v *verifier) owned() (out []definition.Option) {
	for _, r := range v.Project.Resources {
		if columns := owned(r); columns != nil {
			out = append(out, definition.Option{Key: r.Table.Name, Value: strings.Join(columns, "\n")})
		}
	}
	return out
}

// owned are those columns of one table; nil when its rows have no owner.
func owned(r *model.Resource) []string {
	if r.Table == nil || r.Firewall.Owner == "" {
		return nil
	}
	columns := []string{r.Table.Column(r.Firewall.Owner).Name}
	for _, key := range []string{"createdBy", "modifiedBy", "deletedBy"} {
		if c := r.Table.Column(key); c != nil && c.Name != columns[0] {
			columns = append(columns, c.Name)
		}
	}
	return columns
}

func list(names []definition.Name) string {
	texts := make([]string, len(names))
	for i, n := range names {
		texts[i] = n.Text
	}
	return strings.Join(texts, "\n")
}

// mounts says whether a function is the one of the library.
func (v *verifier) mounts(file text.Path, m *literal.Module, name string) bool {
	switch name {
	case "passwordReset":
		return comes(file, m, name, "src/lib/auth-reset.ts", name)
	case "invitations":
		return comes(file, m, name, "src/lib/auth-invitation.ts", name)
	case "socialLogin":
		return comes(file, m, name, "src/lib/auth-social.ts", name)
	}
	for _, part := range authParts {
		if part.function == name {
			return comes(file, m, name, "src/lib/"+text.Path(part.module)+".ts", name)
		}
	}
	return false
}

// sameOptions compares an object with options whose keys are dotted.
func sameOptions(o *literal.Value, want []definition.Option) bool {
	have := map[string]any{}
	if !flatten(o, "", have) || len(have) != len(want) {
		return false
	}
	return !slices.ContainsFunc(want, func(option definition.Option) bool { return have[option.Key] != option.Value })
}

// flatten collects the strings, numbers and switches of nested objects; false when there is anything else.
func flatten(o *literal.Value, path string, into map[string]any) bool {
	if o.Form != literal.Object {
		return false
	}
	for _, p := range o.Props {
		key := strings.TrimPrefix(path+"."+p.Name, ".")
		switch p.Value.Form {
		case literal.Str:
			into[key] = p.Value.Str
		case literal.Num:
			into[key] = p.Value.Num
		case literal.Bool:
			into[key] = p.Value.Bool
		case literal.List:
			into[key] = strings.Join(stringsOf(p.Value), "\n")
		default:
			if !flatten(p.Value, key, into) {
				return false
			}
		}
	}
	return true
}
