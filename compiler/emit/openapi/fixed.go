package openapi

import (
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/ordered"
)

// fixed documents the routes that every backend has: its documents, and of Better Auth what a client needs to sign in and to choose an
// organization.
func fixed(p *model.Project) *Part {
	d := &Part{}
	system := func(path, id, summary string, schema *ordered.Map) {
		o := ordered.New().Set("tags", []string{"system"}).Set("summary", summary).Set("operationId", id).Set("security", []any{})
		d.operation(path, "get", responses(o, ordered.New().Set("200", response("OK", schema))))
	}
	system("/health", "health", "Whether the server runs", object(ordered.New().Set("status", ordered.New().Set("const", "ok")), "status"))
	system("/openapi.json", "openapi", "This document", typed("object"))
	text := func(names ...string) *ordered.Map {
		properties := ordered.New()
		for _, n := range names {
			properties.Set(n, typed("string"))
		}
		return object(properties, names...)
	}
	if p.Config.EmailPassword {
		d.auth("/sign-up/email", "post", "signUp", "Register with e-mail address and password", text("email", "password", "name"), true)
		d.auth("/sign-in/email", "post", "signIn", "Sign in with e-mail address and password", text("email", "password"), true)
	}
	d.auth("/sign-out", "post", "signOut", "End the session", typed("object"), false)
	d.auth("/get-session", "get", "getSession", "The session and its user, or null", nil, true)
	if p.Config.Organizations {
		d.auth("/organization/create", "post", "createOrganization", "Found an organization", text("name", "slug"), false)
		d.auth("/organization/list", "get", "listOrganizations", "The organizations of the user", nil, false)
		d.auth("/organization/set-active", "post", "setActiveOrganization", "Choose the organization of the session", text("organizationId"), false)
		d.auth("/organization/invite-member", "post", "inviteMember", "Invite somebody", text("email", "role"), false)
		d.auth("/organization/accept-invitation", "post", "acceptInvitation", "Accept an invitation", text("invitationId"), false)
	}
	return d
}

func (p *Part) auth(path, method, id, summary string, request *ordered.Map, open bool) {
	o := ordered.New().Set("tags", []string{"auth"}).Set("summary", summary).Set("operationId", id)
	if open {
		o.Set("security", []any{})
	}
	if request != nil {
		o.Set("requestBody", body(request))
	}
	fault := object(ordered.New().Set("message", typed("string")).Set("code", typed("string")))
	answer := ordered.New().Set("200", response("OK", ordered.New())).Set("default", response("Refused by Better Auth", fault))
	p.operation("/api/auth"+path, method, responses(o, answer))
}
