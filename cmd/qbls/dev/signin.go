package dev

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// signIn signs the development user in, and up the first time. It returns the bearer token.
func signIn(ctx context.Context, url string, env map[string]string) (string, error) {
	credentials := map[string]string{"email": env["DEV_EMAIL"], "password": env["DEV_PASSWORD"], "name": "Developer"}
	token, _, err := authenticate(ctx, url+"/api/auth/sign-in/email", credentials)
	if err != nil || token != "" {
		return token, err
	}
	token, answer, err := authenticate(ctx, url+"/api/auth/sign-up/email", credentials)
	if err == nil && token == "" {
		err = fmt.Errorf("the development user %s can neither sign in nor sign up: %s", env["DEV_EMAIL"], answer)
	}
	return token, err
}

func authenticate(ctx context.Context, url string, credentials map[string]string) (token, answer string, err error) {
	body, err := json.Marshal(credentials)
	if err != nil {
		return "", "", err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return "", "", err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header["X-Idempotency-Key"] = nil // not sent; a connection that was closed while idle, just when it is used again, is replaced
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", "", fmt.Errorf("sign in to the backend: %w", err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 1<<16))
	return response.Header.Get("set-auth-token"), string(text), err
}
