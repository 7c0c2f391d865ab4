package openapi

import (
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/ordered"
)

// authRoute is a route of a plugin of Better Auth, as far as clients need it: the plugin's own client knows the rest.
type authRoute struct {
	plugin, method, path, id, summary string
	body                              []string // strings that it needs
	query                             []string // parameters that it needs
	open                              bool     // without a session
}

var authRoutes = []authRoute{
	{plugin: "emailOtp", method: "post", path: "/email-otp/send-verification-otp", id: "sendCode", summary: "Send a code by mail; type is sign-in, email-verification or forget-password", body: []string{"email", "type"}, open: true},
	{plugin: "emailOtp", method: "post", path: "/sign-in/email-otp", id: "signInWithCode", summary: "Sign in with a code", body: []string{"email", "otp"}, open: true},
	{plugin: "emailOtp", method: "post", path: "/email-otp/verify-email", id: "verifyEmailWithCode", summary: "Confirm an address with a code", body: []string{"email", "otp"}, open: true},
	{plugin: "emailOtp", method: "post", path: "/email-otp/reset-password", id: "resetPasswordWithCode", summary: "Set another password with a code", body: []string{"email", "otp", "password"}, open: true},
	{plugin: "magicLink", method: "post", path: "/sign-in/magic-link", id: "sendLink", summary: "Send a link by mail that signs in", body: []string{"email"}, open: true},
	{plugin: "magicLink", method: "get", path: "/magic-link/verify", id: "signInWithLink", summary: "Sign in with a link", query: []string{"token"}, open: true},
	{plugin: "comboAuth", method: "post", path: "/sign-in/combo-auth", id: "signInWithCodeOrLink", summary: "Send a mail with a link and a code; with the code as otp: sign in", body: []string{"email"}, open: true},
	{plugin: "comboAuth", method: "get", path: "/sign-in/combo-auth/verify", id: "signInWithComboLink", summary: "Sign in with the link", query: []string{"token"}, open: true},
	{plugin: "anonymous", method: "post", path: "/sign-in/anonymous", id: "signInAnonymously", summary: "Sign in without an account; what is made becomes that of the account that is signed in to later", open: true},
	{plugin: "passkey", method: "get", path: "/passkey/generate-register-options", id: "passkeyRegistrationOptions", summary: "What a browser needs to make a passkey"},
	{plugin: "passkey", method: "post", path: "/passkey/verify-registration", id: "registerPasskey", summary: "Keep a passkey; response is the browser's credential"},
	{plugin: "passkey", method: "get", path: "/passkey/generate-authenticate-options", id: "passkeySignInOptions", summary: "What a browser needs to sign in with a passkey", open: true},
	{plugin: "passkey", method: "post", path: "/passkey/verify-authentication", id: "signInWithPasskey", summary: "Sign in with a passkey; response is the browser's credential", open: true},
	{plugin: "passkey", method: "get", path: "/passkey/list-user-passkeys", id: "listPasskeys", summary: "The passkeys of the user"},
	{plugin: "passkey", method: "post", path: "/passkey/delete-passkey", id: "deletePasskey", summary: "Forget a passkey", body: []string{"id"}},
	{plugin: "deviceAuthorization", method: "post", path: "/device/code", id: "deviceCode", summary: "The codes for a device and its user (RFC 8628)", body: []string{"client_id"}, open: true},
	{plugin: "deviceAuthorization", method: "post", path: "/device/token", id: "deviceToken", summary: "Whether the user has confirmed, and the token then", body: []string{"grant_type", "device_code", "client_id"}, open: true},
	{plugin: "deviceAuthorization", method: "get", path: "/device", id: "device", summary: "What a user code stands for; with a session: it is this user's from now on", query: []string{"user_code"}, open: true},
	{plugin: "deviceAuthorization", method: "post", path: "/device/approve", id: "approveDevice", summary: "Let the device in", body: []string{"userCode"}},
	{plugin: "deviceAuthorization", method: "post", path: "/device/deny", id: "denyDevice", summary: "Refuse the device", body: []string{"userCode"}},
	{plugin: "admin", method: "get", path: "/admin/list-users", id: "listUsers", summary: "All users, for platform administrators"},
	{plugin: "admin", method: "post", path: "/admin/create-user", id: "createUser", summary: "Create a user", body: []string{"email", "password", "name", "role"}},
	{plugin: "admin", method: "post", path: "/admin/set-role", id: "setUserRole", summary: "Give a user a platform role", body: []string{"userId", "role"}},
	{plugin: "admin", method: "post", path: "/admin/ban-user", id: "banUser", summary: "Ban a user, which ends all sessions of theirs", body: []string{"userId"}},
	{plugin: "admin", method: "post", path: "/admin/unban-user", id: "unbanUser", summary: "Lift a ban", body: []string{"userId"}},
	{plugin: "admin", method: "post", path: "/admin/set-user-password", id: "setUserPassword", summary: "Give a user another password", body: []string{"userId", "newPassword"}},
	{plugin: "admin", method: "post", path: "/admin/revoke-user-sessions", id: "revokeUserSessions", summary: "End all sessions of a user", body: []string{"userId"}},
	{plugin: "admin", method: "post", path: "/admin/remove-user", id: "removeUser", summary: "Remove a user", body: []string{"userId"}},
	{plugin: "apiKey", method: "post", path: "/api-key/create", id: "createApiKey", summary: "Make a key for the active organization; it is shown this once", body: []string{"name"}},
	{plugin: "apiKey", method: "get", path: "/api-key/list", id: "listApiKeys", summary: "The keys of the user, without the keys themselves"},
	{plugin: "apiKey", method: "post", path: "/api-key/update", id: "updateApiKey", summary: "Rename, disable or enable a key", body: []string{"keyId"}},
	{plugin: "apiKey", method: "post", path: "/api-key/delete", id: "deleteApiKey", summary: "Revoke a key", body: []string{"keyId"}},
}

// signIn documents the routes of the plugins that the project configures.
func (d *Part) signIn(p *model.Project) {
	for _, r := range authRoutes {
		if !p.Config.HasPlugin(r.plugin) {
			continue
		}
		var request *ordered.Map
		if r.method == "post" {
			request = texts(r.body...)
		}
		d.auth(p, r, request)
	}
}

// auth documents a route of Better Auth. A key of the API opens none of them.
func (d *Part) auth(p *model.Project, r authRoute, request *ordered.Map) {
	o := ordered.New().Set("tags", []string{"auth"}).Set("summary", r.summary).Set("operationId", r.id)
	switch {
	case r.open:
		o.Set("security", []any{})
	case p.Config.HasPlugin("apiKey"):
		o.Set("security", sessions())
	}
	parameters := []any{}
	for _, name := range r.query {
		parameters = append(parameters, query(name, typed("string"), "").Set("required", true))
	}
	if len(parameters) > 0 {
		o.Set("parameters", parameters)
	}
	if request != nil {
		o.Set("requestBody", body(request))
	}
	fault := object(ordered.New().Set("message", typed("string")).Set("code", typed("string")))
	answer := ordered.New().Set("200", response("OK", ordered.New())).Set("default", response("Refused by Better Auth", fault))
	d.operation("/api/auth"+r.path, r.method, responses(o, answer))
}

// texts is an object of strings, all of them required.
func texts(names ...string) *ordered.Map {
	properties := ordered.New()
	for _, n := range names {
		properties.Set(n, typed("string"))
	}
	return object(properties, names...)
}
