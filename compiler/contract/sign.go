package contract

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
)

// Algorithms of signatures. SHA256 is a digest: it shows that nothing was changed by accident, and nothing about who made the report.
const (
	SHA256     = "sha256"
	HMACSHA256 = "hmac-sha256"
	Ed25519    = "ed25519"
)

// Unsigned is the warning of a report without a key.
const Unsigned = "No signing key is configured: the digest shows that the report is whole, not who made it."

// Signature is the file beside a report, in the shape of the original.
type Signature struct {
	SchemaVersion string `json:"schemaVersion"`
	Kind          string `json:"kind"`
	GeneratedAt   string `json:"generatedAt"`
	ReportPath    string `json:"reportPath"`   // relative to the output's quickback folder
	ReportSHA256  string `json:"reportSha256"` // of the report's bytes, in hexadecimal digits
	Algorithm     string `json:"signatureAlgorithm"`
	Signature     string `json:"signature"` // hexadecimal digits; of Ed25519 base64, as in the envelope
	Signed        bool   `json:"signed"`
	KeyID         string `json:"keyId,omitempty"`
	KeyCheck      string `json:"keyCheck,omitempty"`  // tells a wrong key from a wrong signature; no help in finding the key
	PublicKey     string `json:"publicKey,omitempty"` // PEM; whoever verifies must know from elsewhere whose it is
	EnvelopePath  string `json:"envelopePath,omitempty"`
	Warning       string `json:"warning,omitempty"`
}

// Key signs reports: a secret for HMAC, or an Ed25519 private key in PEM (PKCS #8), whose signatures anybody can verify.
type Key struct {
	secret  []byte
	private ed25519.PrivateKey
	id      string
}

// ParseKey reads a key; id may be empty. It fails on PEM that holds no Ed25519 private key, and on an empty text.
func ParseKey(s, id string) (*Key, error) {
	if !strings.Contains(s, "-----BEGIN") {
		if strings.TrimSpace(s) == "" {
			return nil, errors.New("the signing key is empty")
		}
		return &Key{secret: []byte(s), id: id}, nil
	}
	// Variables of an environment often carry line ends as \n.
	block, _ := pem.Decode([]byte(strings.ReplaceAll(s, `\n`, "\n")))
	if block == nil {
		return nil, errors.New("the signing key begins like PEM and is none")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("the signing key is no private key of PKCS #8: %w", err)
	}
	private, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, errors.New("the signing key is no Ed25519 key: make one with openssl genpkey -algorithm ed25519")
	}
	if id == "" {
		id = publicID(private.Public().(ed25519.PublicKey))
	}
	return &Key{private: private, id: id}, nil
}

// Verifies returns what signatures of the key are verified with: the secret itself, or the public key.
func (k *Key) Verifies() (secret []byte, public ed25519.PublicKey) {
	if k.private == nil {
		return k.secret, nil
	}
	return nil, k.private.Public().(ed25519.PublicKey)
}

// ParsePublicKey reads an Ed25519 public key in PEM (SPKI).
func ParsePublicKey(s string) (ed25519.PublicKey, error) {
	block, _ := pem.Decode([]byte(strings.ReplaceAll(s, `\n`, "\n")))
	if block == nil {
		return nil, errors.New("the public key is no PEM")
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("the public key cannot be read: %w", err)
	}
	public, ok := parsed.(ed25519.PublicKey)
	if !ok {
		return nil, errors.New("the public key is no Ed25519 key")
	}
	return public, nil
}

func publicPEM(public ed25519.PublicKey) string {
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		panic("contract: " + err.Error()) // every Ed25519 key has this form
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// publicID names a key by the SHA-256 of its SPKI form.
func publicID(public ed25519.PublicKey) string {
	block, _ := pem.Decode([]byte(publicPEM(public)))
	return digest(block.Bytes)
}

func mac(secret, content []byte) string {
	h := hmac.New(sha256.New, secret)
	h.Write(content)
	return hex.EncodeToString(h.Sum(nil))
}

func keyCheck(secret []byte) string { return mac(secret, []byte("qbls report key check"))[:16] }

// Sign makes the signature of a report's bytes, and with an Ed25519 key its DSSE envelope; without a key it is a digest.
func Sign(report []byte, r *Report, reportPath string, key *Key) (*Signature, []byte, error) {
	s := &Signature{SchemaVersion: SchemaVersion, Kind: SignatureKind, GeneratedAt: r.GeneratedAt, ReportPath: reportPath, ReportSHA256: digest(report)}
	switch {
	case key == nil:
		s.Algorithm, s.Signature, s.Warning = SHA256, s.ReportSHA256, Unsigned
		return s, nil, nil
	case key.private == nil:
		s.Algorithm, s.Signature, s.Signed, s.KeyID, s.KeyCheck = HMACSHA256, mac(key.secret, report), true, key.id, keyCheck(key.secret)
		return s, nil, nil
	}
	statement, err := Canonical(statementOf(report, r, reportPath))
	if err != nil {
		return nil, nil, err
	}
	signer, err := dsse.NewEnvelopeSigner(edKey{key.private, key.private.Public().(ed25519.PublicKey), key.id})
	if err != nil {
		return nil, nil, err
	}
	envelope, err := signer.SignPayload(context.Background(), PayloadType, statement)
	if err != nil {
		return nil, nil, fmt.Errorf("signing the report: %w", err)
	}
	raw, err := Canonical(envelope)
	if err != nil {
		return nil, nil, err
	}
	s.Algorithm, s.Signature, s.Signed, s.KeyID = Ed25519, envelope.Signatures[0].Sig, true, key.id
	s.PublicKey, s.EnvelopePath = publicPEM(key.private.Public().(ed25519.PublicKey)), EnvelopePath(reportPath)
	return s, raw, nil
}

// EnvelopePath is where the DSSE envelope of a report lies.
func EnvelopePath(reportPath string) string {
	return strings.TrimSuffix(reportPath, ".json") + ".dsse.json"
}

// PayloadType of the envelope: an in-toto statement (in-toto attestation framework, v1).
const PayloadType = "application/vnd.in-toto+json"

// PredicateType says what the statement claims.
const PredicateType = "https://github.com/qbls/qbls/attestation/security-contracts/v1"

type statement struct {
	Type          string    `json:"_type"`
	Subject       []subject `json:"subject"`
	PredicateType string    `json:"predicateType"`
	Predicate     predicate `json:"predicate"`
}

type subject struct {
	Name   string            `json:"name"`
	Digest map[string]string `json:"digest"`
}

type predicate struct {
	Compiler   string  `json:"compiler"`
	Status     string  `json:"status"`
	Violations int     `json:"violations"`
	Proves     string  `json:"proves"`
	Report     subject `json:"report"`
}

// statementOf is about the emitted files and their report, by their digests.
func statementOf(report []byte, r *Report, reportPath string) statement {
	self := subject{Name: reportPath, Digest: map[string]string{"sha256": digest(report)}}
	s := statement{Type: "https://in-toto.io/Statement/v1", PredicateType: PredicateType, Subject: []subject{self},
		Predicate: predicate{Compiler: "qbls " + r.CompilerVersion, Status: r.Summary.Status, Violations: r.Summary.TotalViolations, Proves: r.Proves, Report: self}}
	for _, o := range r.Outputs {
		s.Subject = append(s.Subject, subject{Name: o.Path, Digest: map[string]string{"sha256": o.SHA256}})
	}
	return s
}

// edKey is a key as the envelope wants it.
type edKey struct {
	private ed25519.PrivateKey
	public  ed25519.PublicKey
	id      string
}

func (k edKey) Sign(_ context.Context, data []byte) ([]byte, error) {
	return ed25519.Sign(k.private, data), nil
}
func (k edKey) KeyID() (string, error)   { return k.id, nil }
func (k edKey) Public() crypto.PublicKey { return k.public }
func (k edKey) Verify(_ context.Context, data, sig []byte) error {
	if !ed25519.Verify(k.public, data, sig) {
		return errors.New("the signature does not fit the key")
	}
	return nil
}

// opened returns the statement of an envelope after its signature was verified.
func opened(raw []byte, public ed25519.PublicKey, id string) (*statement, *dsse.Envelope, error) {
	var e dsse.Envelope
	if err := json.Unmarshal(raw, &e); err != nil {
		return nil, nil, fmt.Errorf("it is no DSSE envelope: %w", err)
	}
	if e.PayloadType != PayloadType || len(e.Signatures) != 1 {
		return nil, nil, fmt.Errorf("it holds %q with %d signatures, where one of %q belongs", e.PayloadType, len(e.Signatures), PayloadType)
	}
	verifier, err := dsse.NewEnvelopeVerifier(edKey{public: public, id: id})
	if err != nil {
		return nil, nil, err
	}
	if _, err := verifier.Verify(context.Background(), &e); err != nil {
		return nil, &e, errors.New("its signature does not fit the public key")
	}
	payload, err := base64.StdEncoding.DecodeString(e.Payload)
	if err != nil {
		return nil, nil, err
	}
	var s statement
	if err := json.Unmarshal(payload, &s); err != nil {
		return nil, nil, fmt.Errorf("its payload is no statement: %w", err)
	}
	return &s, &e, nil
}
