package definition

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
)

// pluginSettings are the plugins of Better Auth that the language knows, each with its options.
var pluginSettings = map[string]map[string]setting{
	"organization": nil, "admin": nil, "bearer": nil, "emailOtp": nil, "magicLink": nil, "comboAuth": nil, "anonymous": nil,
	"jwt": nil, "oauthProvider": nil, "twoFactor": nil, "username": nil, "phoneNumber": nil, "multiSession": nil, "oneTimeToken": nil,
	"apiKey":              {"rateLimit": section(map[string]setting{"max": aCount, "window": aCount})},
	"deviceAuthorization": {"verificationUri": aText, "interval": aCount},
	"passkey":             {"rpID": aText, "rpName": aText, "origin": aText},
}

// socialProviders sign in with an id and a secret alone. Others of Better Auth's need more than these.
var socialProviders = []string{"apple", "discord", "facebook", "github", "gitlab", "google", "linkedin", "microsoft", "slack", "spotify", "twitch", "twitter"}

// Plugins are the names of the plugins that the language knows, sorted.
func Plugins() []string { return slices.Sorted(maps.Keys(pluginSettings)) }

// SocialProviders are the names of the providers that users may sign in with, sorted.
func SocialProviders() []string { return slices.Clone(socialProviders) }

// authentication reads the options of Better Auth.
func (r *reader) authentication(c *Config, options *object) {
	if options.has("emailAndPassword") {
		c.EmailPassword = r.object(options.value("emailAndPassword"), "emailAndPassword", &keys{known: []string{"enabled"}}).bool("enabled")
	}
	if options.has("plugins") {
		r.plugins(c, options.value("plugins"))
	}
	if list := options.columns("trustedOrigins"); list != nil {
		c.TrustedOrigins = append(c.TrustedOrigins, list.Items...)
	}
	if options.has("session") {
		o := r.object(options.value("session"), "session", &keys{known: []string{"expiresInDays", "updateAgeInDays"}})
		c.SessionDays, c.SessionUpdateDays = r.count(o, "expiresInDays"), r.count(o, "updateAgeInDays")
	}
	if options.has("rateLimit") {
		o := r.object(options.value("rateLimit"), "rateLimit", &keys{known: []string{"enabled", "window", "max"}, later: []string{"customRules"}})
		c.RateLimit = &RateLimit{Enabled: o.bool("enabled"), Window: r.count(o, "window"), Max: r.count(o, "max")}
	}
	if options.has("socialProviders") {
		r.social(c, options.value("socialProviders"))
	}
}

// count reads a number above zero.
func (r *reader) count(o *object, key string) (v Value[float64]) {
	if !o.has(key) {
		return v
	}
	n := r.value(o.value(key))
	if v = r.num(n, key); v.State == Known && v.V <= 0 {
		r.report(WrongValue, place(n), "Expected a number above zero.", "%s takes a number above zero.", key)
		v.State = Invalid
	}
	return v
}

// plugins reads names, or { name, config } where options are given.
func (r *reader) plugins(c *Config, list syntax.Node) {
	list = r.value(list)
	if list.Kind() != syntax.Array {
		r.wrong(list, "plugins", "a list of plugins")
		return
	}
	for _, e := range r.elements(list) {
		if n := r.value(e); n.Kind() == syntax.Object {
			o := r.object(n, "The plugin", &keys{known: []string{"name", "config"}})
			if name, ok := r.plugin(o.str("name")); ok {
				plugin := AuthPlugin{Name: name}
				if o.has("config") {
					r.pluginOptions(&plugin, o.value("config"), name.Text, "", pluginSettings[name.Text])
				}
				c.AuthPlugins = append(c.AuthPlugins, plugin)
			}
			continue
		}
		if name, ok := r.plugin(r.str(e, "A plugin")); ok {
			c.AuthPlugins = append(c.AuthPlugins, AuthPlugin{Name: name})
		}
	}
}

// plugin checks a name: a plugin that nothing knows would be one that nothing mounts.
func (r *reader) plugin(v Value[string]) (Name, bool) {
	if v.State != Known {
		return Name{}, false
	}
	if _, ok := pluginSettings[v.V]; !ok {
		r.suggest(WrongValue, r.file.Place(v.At), v.V, Plugins(), "%q is no plugin of Better Auth that can be configured here.", v.V)
		return Name{}, false
	}
	return Name{v.V, v.At}, true
}

// pluginOptions flattens the options of a plugin: { rateLimit: { max: 5 } } is rateLimit.max.
func (r *reader) pluginOptions(p *AuthPlugin, n syntax.Node, what, path string, known map[string]setting) {
	r.object(n, what, with(nil, known)).each(func(name Name, prop syntax.Node) {
		value, key := r.value(prop.Value()), strings.TrimPrefix(path+"."+name.Text, ".")
		s := known[name.Text]
		if !r.setting(value, what+"."+name.Text, s) {
			return
		}
		if s.inside != nil {
			r.pluginOptions(p, value, what+"."+name.Text, key, s.inside)
			return
		}
		if v, ok := r.literal(value, key); ok {
			p.Options = append(p.Options, Option{Key: key, Value: v})
		}
	})
}

// fromEnv is an expression that names a variable of the environment.
var fromEnv = regexp.MustCompile(`^process\.env(?:\.([A-Za-z_]\w*)|\[['"]([A-Za-z_]\w*)['"]\])!?$`)

// social reads { github: true, google: { clientId: process.env.MY_ID, clientSecret: process.env.MY_SECRET, scope: ['…'] } }. What is not
// said is GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET (seeds: compiler__config__variables, social login providers). An id or a secret that
// is written out is an error: the emitted files would hold it.
func (r *reader) social(c *Config, n syntax.Node) {
	r.object(n, "socialProviders", nil).each(func(name Name, p syntax.Node) {
		if !slices.Contains(socialProviders, name.Text) {
			r.suggest(WrongValue, r.file.Place(name.At), name.Text, socialProviders, "%q is no provider that users can sign in with here.", name.Text)
			return
		}
		upper := strings.ToUpper(name.Text)
		social := SocialProvider{Name: name, ID: upper + "_CLIENT_ID", Secret: upper + "_CLIENT_SECRET"}
		value := r.value(p.Value())
		if b, ok := value.Bool(); ok {
			if b {
				c.Social = append(c.Social, social)
			}
			return
		}
		o := r.object(value, "socialProviders."+name.Text, &keys{known: []string{"clientId", "clientSecret", "scope"}})
		if o == nil {
			return
		}
		r.variable(o, "clientId", &social.ID)
		r.variable(o, "clientSecret", &social.Secret)
		if list := o.columns("scope"); list != nil {
			social.Scopes = list.Items
		}
		c.Social = append(c.Social, social)
	})
}

// variable reads process.env.NAME without running it: the backend reads the variable, not the compiler.
func (r *reader) variable(o *object, key string, into *string) {
	if !o.has(key) {
		return
	}
	n := o.value(key)
	if m := fromEnv.FindStringSubmatch(n.Text()); m != nil {
		*into = m[1] + m[2]
		return
	}
	r.report(WrongValue, place(n), "Write process.env.NAME: the backend reads the variable when it starts.", "%s takes a variable of the environment.", key)
}

// mail reads the project's email section (seeds: compiler__config, email configuration).
func (r *reader) mail(c *Config, o *object) {
	p, ok := o.prop("email")
	if !ok {
		return
	}
	m := r.object(p.Value(), "email", &keys{known: []string{"provider", "region", "from", "fromName"}})
	if m == nil {
		return
	}
	c.Mail = &Mail{At: r.anchor(namePlace(p)), Provider: m.str("provider"), Region: m.str("region"), From: m.str("from"), FromName: m.str("fromName")}
	r.oneOf(&c.Mail.Provider, "email.provider", "cloudflare", "aws-ses")
	for key, v := range map[string]Value[string]{"from": c.Mail.From, "fromName": c.Mail.FromName} {
		if v.State == Known && strings.ContainsAny(v.V, "\r\n<>\"") {
			r.report(WrongValue, r.file.Place(v.At), "", "email.%s must not have quotes, angle brackets or line breaks.", key)
		}
	}
	if v := c.Mail.From; v.State == Known && !strings.Contains(v.V, "@") {
		r.report(WrongValue, r.file.Place(v.At), "Write an address, as noreply@example.com.", "%q is no address that mail can come from.", v.V)
	}
}
