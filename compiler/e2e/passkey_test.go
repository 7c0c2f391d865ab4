package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// authenticator is one credential of a device as WebAuthn has it: a key pair, and a counter of its uses.
type authenticator struct {
	key    *ecdsa.PrivateKey
	id     []byte
	count  uint32
	origin string
}

func newAuthenticator(t *testing.T, origin string) *authenticator {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &authenticator{key: key, id: []byte(unique("credential")), origin: origin}
}

func base64url(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// clientData is what the browser says of the ceremony (WebAuthn level 3, section 5.8.1).
func (a *authenticator) clientData(t *testing.T, kind, challenge string) []byte {
	t.Helper()
	said, err := json.Marshal(object{"type": kind, "challenge": challenge, "origin": a.origin, "crossOrigin": false})
	if err != nil {
		t.Fatal(err)
	}
	return said
}

// data is the authenticator data (section 6.1): whose, what was checked (user present and verified), the counter, and what is attested.
func (a *authenticator) data(rp string, attested []byte) []byte {
	hash := sha256.Sum256([]byte(rp))
	flags := byte(0x05)
	if attested != nil {
		flags |= 0x40
	}
	return append(binary.BigEndian.AppendUint32(append(hash[:], flags), a.count), attested...)
}

// create answers the options of a registration without an attestation of the device.
func (a *authenticator) create(t *testing.T, options answer) object {
	t.Helper()
	point, err := a.key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	// A COSE key (RFC 9052) in CBOR: {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
	cose := append([]byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 32}, point[1:33]...)
	cose = append(append(cose, 0x22, 0x58, 32), point[33:]...)
	attested := binary.BigEndian.AppendUint16(make([]byte, 16), uint16(len(a.id)))
	data := a.data(options.at("rp", "id").(string), append(append(attested, a.id...), cose...))
	// {"fmt": "none", "attStmt": {}, "authData": data}
	attestation := append([]byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59"), binary.BigEndian.AppendUint16(nil, uint16(len(data)))...)
	return a.credential(object{
		"clientDataJSON": base64url(a.clientData(t, "webauthn.create", options.at("challenge").(string))), "attestationObject": base64url(append(attestation, data...)), "transports": list{"internal"},
	})
}

// get answers the options of a sign-in.
func (a *authenticator) get(t *testing.T, options answer) object {
	t.Helper()
	a.count++
	client, data := a.clientData(t, "webauthn.get", options.at("challenge").(string)), a.data(options.at("rpId").(string), nil)
	hash := sha256.Sum256(client)
	signed := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, a.key, signed[:])
	if err != nil {
		t.Fatal(err)
	}
	return a.credential(object{"clientDataJSON": base64url(client), "authenticatorData": base64url(data), "signature": base64url(signature)})
}

func (a *authenticator) credential(response object) object {
	return object{"id": base64url(a.id), "rawId": base64url(a.id), "type": "public-key", "response": response, "clientExtensionResults": object{}}
}

// options asks for those of a ceremony, and returns the headers of the page that goes on with it.
func (c *caller) options(t *testing.T, path string) (answer, http.Header) {
	t.Helper()
	got := c.send(t, http.MethodGet, "/api/auth/passkey/"+path, nil, nil).want(t, "200")
	var cookies []string
	for _, set := range got.header.Values("Set-Cookie") {
		cookie, attributes, _ := strings.Cut(set, ";")
		if !strings.Contains(attributes, "HttpOnly") {
			t.Errorf("a script reads %s", set)
		}
		cookies = append(cookies, cookie)
	}
	return got, http.Header{"Cookie": {strings.Join(cookies, "; ")}, "Origin": {c.b.url}}
}

// TestPasskeys shows that a passkey signs its user in, and that nothing else does: no other key, page, challenge or device.
func TestPasskeys(t *testing.T) {
	s := startAccounts(t)
	person, _ := signUp(t, s.b)
	device := newAuthenticator(t, s.b.url)
	register := func(a *authenticator) answer {
		options, page := person.options(t, "generate-register-options")
		equal(t, "name", options.at("rp", "name"), "signin")
		return person.send(t, http.MethodPost, "/api/auth/passkey/verify-registration", object{"response": a.create(t, options), "name": "phone"}, page)
	}
	signIn := func(a *authenticator) answer {
		options, page := nobody(s.b).options(t, "generate-authenticate-options")
		return nobody(s.b).send(t, http.MethodPost, "/api/auth/passkey/verify-authentication", object{"response": a.get(t, options)}, page)
	}
	refused(t, signIn(device)) // nobody knows it yet
	refused(t, register(newAuthenticator(t, "https://evil.example")))
	equal(t, "without a session", nobody(s.b).send(t, http.MethodGet, "/api/auth/passkey/generate-register-options", nil, nil).status, http.StatusUnauthorized)
	if got := register(device); got.status != http.StatusOK {
		t.Fatal(got)
	}
	equal(t, "user", s.signedIn(t, signIn(device)).id, person.id)

	other := newAuthenticator(t, s.b.url)
	refused(t, signIn(&authenticator{key: other.key, id: device.id, count: 9, origin: s.b.url}))
	refused(t, signIn(&authenticator{key: device.key, id: device.id, count: 9, origin: "https://evil.example"}))
	refused(t, signIn(&authenticator{key: device.key, id: device.id, count: 0, origin: s.b.url})) // a copy of the device has fallen behind
	options, page := nobody(s.b).options(t, "generate-authenticate-options")
	body := object{"response": device.get(t, options)}
	s.signedIn(t, nobody(s.b).send(t, http.MethodPost, "/api/auth/passkey/verify-authentication", body, page))
	refused(t, nobody(s.b).send(t, http.MethodPost, "/api/auth/passkey/verify-authentication", body, page)) // the same again

	stranger, _ := signUp(t, s.b)
	known := person.send(t, http.MethodGet, "/api/auth/passkey/list-user-passkeys", nil, nil).want(t, "200")
	id := known.at(0, "id")
	equal(t, "a stranger's", stranger.send(t, http.MethodGet, "/api/auth/passkey/list-user-passkeys", nil, nil).want(t, "200").raw, "[]")
	refused(t, stranger.send(t, http.MethodPost, "/api/auth/passkey/delete-passkey", object{"id": id}, nil))
	person.auth(t, "/passkey/delete-passkey", object{"id": id})
	refused(t, signIn(device))
}
