package contract_test

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/compiler"
	"github.com/qbls/qbls/compiler/contract"
)

const (
	reportFile    = "quickback/reports/security-contracts.report.json"
	signatureFile = "quickback/reports/security-contracts.report.sig.json"
	envelopeFile  = "quickback/reports/security-contracts.report.dsse.json"
	secret        = "a secret of thirty-two characters"
)

// private is an Ed25519 key from a seed, in PEM.
func private(t *testing.T, seed byte) (string, ed25519.PublicKey) {
	t.Helper()
	key := ed25519.NewKeyFromSeed([]byte(strings.Repeat(string(rune('a'+seed)), ed25519.SeedSize)))
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), key.Public().(ed25519.PublicKey)
}

// signed is the output of a project whose report is signed with a key; without one it has a digest.
func signed(t *testing.T, key string) fstest.MapFS {
	t.Helper()
	b := compiled(t, source.OS("../testdata/things"), compiler.Options{Getenv: func(name string) string {
		if name == contract.DefaultKeyEnv {
			return key
		}
		return ""
	}})
	out := fstest.MapFS{}
	for _, f := range b.files {
		out[string(f.Path)] = &fstest.MapFile{Data: f.Content}
	}
	return out
}

func check(t *testing.T, out fstest.MapFS, trust contract.Trust) []contract.Problem {
	t.Helper()
	c, err := contract.Check(out, reportFile, signatureFile, trust)
	if err != nil {
		t.Fatal(err)
	}
	return c.Problems
}

// with is an output in which one byte of a file is another: that at a text.
func with(out fstest.MapFS, file, at string) fstest.MapFS {
	changed := fstest.MapFS{}
	for p, f := range out {
		changed[p] = f
	}
	content := []byte(string(out[file].Data))
	i := strings.Index(string(content), at)
	if i < 0 {
		panic(file + " has no " + at)
	}
	content[i] ^= 1
	changed[file] = &fstest.MapFile{Data: content}
	return changed
}

// TestSignedReportVerifies, and one byte of the report, of an emitted file, of the signature or of the key does not; the message names it.
func TestSignedReportVerifies(t *testing.T) {
	key, public := private(t, 0)
	_, other := private(t, 1)
	for name, c := range map[string]struct {
		key          string
		trust, wrong contract.Trust
		wrongSays    string
	}{
		"digest":  {"", contract.Trust{}, contract.Trust{Secret: []byte(secret)}, "not signed"},
		"hmac":    {secret, contract.Trust{Secret: []byte(secret)}, contract.Trust{Secret: []byte("b" + secret[1:])}, "The key is not the one that signed"},
		"ed25519": {key, contract.Trust{Public: public}, contract.Trust{Public: other}, "The key is not the one that signed"},
	} {
		t.Run(name, func(t *testing.T) {
			out := signed(t, c.key)
			if found := check(t, out, c.trust); len(found) > 0 {
				t.Fatalf("an untouched report: %+v", found)
			}
			expect := func(what, file, says string, found []contract.Problem) {
				t.Helper()
				for _, p := range found {
					if p.File == file && strings.Contains(p.Message, says) {
						return
					}
				}
				t.Errorf("%s: %+v, want %q at %s", what, found, says, file)
			}
			expect("another key", signatureFile, c.wrongSays, check(t, out, c.wrong))
			expect("a word of the report", reportFile, "report", check(t, with(out, reportFile, "organizationId"), c.trust))
			expect("a brace of the report", reportFile, "damaged near byte", check(t, with(out, reportFile, "{"), c.trust))
			expect("an emitted file", "src/app.ts", "not the one that was verified", check(t, with(out, "src/app.ts", "resources"), c.trust))
			var s contract.Signature
			if err := json.Unmarshal(out[signatureFile].Data, &s); err != nil {
				t.Fatal(err)
			}
			changed := check(t, with(out, signatureFile, s.ReportSHA256), c.trust)
			expect("the digest of the report", signatureFile, "signature file was changed", changed)
		})
	}
}

// everyByte changes each byte of a file in turn.
func everyByte(t *testing.T, out fstest.MapFS, file string, trust contract.Trust, step int) {
	t.Helper()
	original := out[file].Data
	for i := 0; i < len(original); i += step {
		content := append([]byte{}, original...)
		content[i] ^= 1
		out[file] = &fstest.MapFile{Data: content}
		found := check(t, out, trust)
		if len(found) == 0 {
			t.Errorf("byte %d of %s (%q) can be changed unnoticed", i, file, original[max(0, i-20):min(len(original), i+20)])
		}
	}
	out[file] = &fstest.MapFile{Data: original}
}

func TestNoByteOfReportOrEnvelopeCanBeChanged(t *testing.T) {
	key, public := private(t, 0)
	out := signed(t, key)
	everyByte(t, out, reportFile, contract.Trust{Public: public}, 251)
	everyByte(t, out, envelopeFile, contract.Trust{Public: public}, 97)
	out = signed(t, secret)
	everyByte(t, out, reportFile, contract.Trust{Secret: []byte(secret)}, 251)
}

// TestFilesBesideTheReport: what is missing, and what nobody has verified.
func TestFilesBesideTheReport(t *testing.T) {
	out := signed(t, "")
	out["src/backdoor.ts"] = &fstest.MapFile{Data: []byte("export {};")}
	delete(out, "src/lib/gate.ts")
	found := map[string]string{}
	for _, p := range check(t, out, contract.Trust{}) {
		found[p.File] = p.Message
	}
	if !strings.Contains(found["src/backdoor.ts"], "nobody has verified") || !strings.Contains(found["src/lib/gate.ts"], "does not exist") || len(found) != 2 {
		t.Errorf("%v", found)
	}
}

// TestFilesThatChangeOthers: by lying there they decide what runs, or what the database is told.
func TestFilesThatChangeOthers(t *testing.T) {
	out := signed(t, "")
	for file, content := range map[string]string{
		"bunfig.toml": "preload = ['./evil.ts']", "wrangler.json": "{}", "quickback/drizzle/0999_more.sql": "drop table jobs;", "quickback/drizzle/README.md": "", ".env": "PORT=1",
	} {
		out[file] = &fstest.MapFile{Data: []byte(content)}
	}
	found := map[string]string{}
	for _, p := range check(t, out, contract.Trust{}) {
		found[p.File] = p.Message
	}
	if !strings.Contains(found["bunfig.toml"], "Bun reads") || !strings.Contains(found["quickback/drizzle/0999_more.sql"], "can be applied") || len(found) != 2 {
		t.Errorf("a Bun backend runs nothing of wrangler's: %v", found)
	}
}

// verifier is an independent implementation: it shares neither code nor language, and follows the DSSE protocol's own text.
const verifier = `
const fs = require('fs'), crypto = require('crypto');
const [file, pem, report] = process.argv.slice(2);
const envelope = JSON.parse(fs.readFileSync(file, 'utf8'));
const payload = Buffer.from(envelope.payload, 'base64'), type = Buffer.from(envelope.payloadType);
const pae = Buffer.concat([Buffer.from('DSSEv1 ' + type.length + ' '), type, Buffer.from(' ' + payload.length + ' '), payload]);
const good = crypto.verify(null, pae, fs.readFileSync(pem, 'utf8'), Buffer.from(envelope.signatures[0].sig, 'base64'));
const statement = JSON.parse(payload);
const sha = crypto.createHash('sha256').update(fs.readFileSync(report)).digest('hex');
console.log(JSON.stringify({ good, type: statement._type, same: statement.subject[0].digest.sha256 === sha, subjects: statement.subject.length }));
`

func TestEnvelopeVerifiesElsewhere(t *testing.T) {
	key, _ := private(t, 0)
	out := signed(t, key)
	var s contract.Signature
	if err := json.Unmarshal(out[signatureFile].Data, &s); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	write := func(name string, content []byte) string {
		p := filepath.Join(folder, name)
		if err := os.WriteFile(p, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	program, pemFile, report := write("verify.cjs", []byte(verifier)), write("key.pem", []byte(s.PublicKey)), write("report.json", out[reportFile].Data)
	run := func(envelope []byte) (answer struct {
		Good, Same bool
		Type       string
		Subjects   int
	}) {
		raw, err := exec.Command("node", program, write("envelope.json", envelope), pemFile, report).Output()
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, &answer); err != nil {
			t.Fatal(err)
		}
		return answer
	}
	if a := run(out[envelopeFile].Data); !a.Good || !a.Same || a.Type != "https://in-toto.io/Statement/v1" || a.Subjects < 50 {
		t.Errorf("the envelope: %+v", a)
	}
	var e map[string]any
	if err := json.Unmarshal(out[envelopeFile].Data, &e); err != nil {
		t.Fatal(err)
	}
	e["payloadType"] = "application/vnd.in-toto+jsoN"
	forged, _ := json.Marshal(e)
	if a := run(forged); a.Good {
		t.Error("an envelope of another type verifies")
	}
}
