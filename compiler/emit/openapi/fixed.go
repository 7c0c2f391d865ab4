package openapi

import (
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/ordered"
)

// fixed documents the routes that every backend has: its documents, and of Better Auth what a client needs to sign in and to choose an
// organization.
func fixed(p *model.Project) *Part {
	d := &Part{}
	auth := func(path, method, id, summary string, request *ordered.Map, open bool) {
		d.auth(p, authRoute{path: path, method: method, id: id, summary: summary, open: open}, request)
	}
	system := func(path, id, summary string, schema *ordered.Map) {
		o := ordered.New().Set("tags", []string{"system"}).Set("summary", summary).Set("operationId", id).Set("security", []any{})
		d.operation(path, "get", responses(o, ordered.New().Set("200", response("OK", schema))))
	}
	system("/health", "health", "Whether the server runs", object(ordered.New().Set("status", ordered.New().Set("const", "ok")), "status"))
	system("/openapi.json", "openapi", "This document", typed("object"))
	if p.Config.EmailPassword {
		auth("/sign-up/email", "post", "signUp", "Register with e-mail address and password", texts("email", "password", "name"), true)
		auth("/sign-in/email", "post", "signIn", "Sign in with e-mail address and password", texts("email", "password"), true)
	}
	if p.Config.EmailPassword && p.Config.Mail != nil {
		auth("/request-password-reset", "post", "requestPasswordReset", "Send a link by mail that resets the password", texts("email"), true)
		auth("/reset-password", "post", "resetPassword", "Set another password with the token of the link", texts("newPassword", "token"), true)
	}
	if len(p.Config.Social) > 0 {
		auth("/sign-in/social", "post", "signInWithProvider", "Where to send the browser to sign in with another provider", texts("provider"), true)
	}
	auth("/sign-out", "post", "signOut", "End the session", typed("object"), false)
	auth("/get-session", "get", "getSession", "The session and its user, or null", nil, true)
	if p.Config.Organizations {
		auth("/organization/create", "post", "createOrganization", "Found an organization", texts("name", "slug"), false)
		auth("/organization/list", "get", "listOrganizations", "The organizations of the user", nil, false)
		auth("/organization/set-active", "post", "setActiveOrganization", "Choose the organization of the session", texts("organizationId"), false)
		auth("/organization/invite-member", "post", "inviteMember", "Invite somebody", texts("email", "role"), false)
		auth("/organization/accept-invitation", "post", "acceptInvitation", "Accept an invitation", texts("invitationId"), false)
	}
	d.signIn(p)
	return d
}
