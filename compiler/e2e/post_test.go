package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// What the backend signs its requests to Amazon SES with.
const awsID, awsSecret, awsToken = "AKEXAMPLE", "the+secret/of/SES", "a-session-token"

// letter is a mail as it was handed over.
type letter struct{ from, to, replyTo, subject, text, html string }

// office stands in for Amazon SES: it takes what SES takes (version 2 of its API), and refuses what SES refuses.
type office struct {
	once    sync.Once
	server  *httptest.Server
	mu      sync.Mutex
	letters []letter
	refused []string
}

var post office

func (o *office) start() *httptest.Server {
	o.once.Do(func() {
		o.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err == nil {
				err = o.take(r, body)
			}
			w.Header().Set("Content-Type", "application/json")
			if err != nil {
				o.mu.Lock()
				o.refused = append(o.refused, err.Error())
				o.mu.Unlock()
				w.Header().Set("x-amzn-ErrorType", "SignatureDoesNotMatch")
				w.WriteHeader(http.StatusForbidden)
				return
			}
			_, _ = io.WriteString(w, `{"MessageId":"1"}`)
		}))
	})
	return o.server
}

func (o *office) take(r *http.Request, body []byte) error {
	if r.Method != http.MethodPost || r.URL.Path != "/v2/email/outbound-emails" || r.Header.Get("Content-Type") != "application/json" {
		return fmt.Errorf("not SendEmail: %s %s", r.Method, r.URL)
	}
	if err := signedRight(r, body, "eu-west-1", time.Now()); err != nil {
		return err
	}
	type data struct{ Data, Charset string }
	var sent struct {
		FromEmailAddress string
		Destination      struct{ ToAddresses []string }
		ReplyToAddresses []string
		Content          struct {
			Simple struct {
				Subject data
				Body    struct{ Text, Html data }
			}
		}
	}
	decoder := json.NewDecoder(strings.NewReader(string(body)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&sent); err != nil {
		return err
	}
	if len(sent.Destination.ToAddresses) != 1 || len(sent.ReplyToAddresses) != 1 {
		return fmt.Errorf("addresses: %s", body)
	}
	from, err := (&mail.AddressParser{WordDecoder: new(mime.WordDecoder)}).Parse(sent.FromEmailAddress)
	if err != nil {
		return fmt.Errorf("%q: %w", sent.FromEmailAddress, err)
	}
	simple := sent.Content.Simple
	o.mu.Lock()
	defer o.mu.Unlock()
	o.letters = append(o.letters, letter{from.Name + " " + from.Address, sent.Destination.ToAddresses[0], sent.ReplyToAddresses[0], simple.Subject.Data, simple.Body.Text.Data, simple.Body.Html.Data})
	return nil
}

// signedRight checks a request as "Signature Version 4 signing process" of the AWS documentation describes it.
func signedRight(r *http.Request, body []byte, region string, now time.Time) error {
	parts := regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/ses/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$`).FindStringSubmatch(r.Header.Get("Authorization"))
	if parts == nil {
		return fmt.Errorf("authorization: %q", r.Header.Get("Authorization"))
	}
	id, day, where, signed, signature := parts[1], parts[2], parts[3], strings.Split(parts[4], ";"), parts[5]
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if err != nil || now.Sub(at).Abs() > 5*time.Minute || at.Format("20060102") != day {
		return fmt.Errorf("x-amz-date %q of %s: %v", r.Header.Get("X-Amz-Date"), day, err)
	}
	if id != awsID || where != region || r.Header.Get("X-Amz-Security-Token") != awsToken {
		return fmt.Errorf("credential: %v", parts)
	}
	for _, needed := range []string{"host", "x-amz-date", "x-amz-security-token", "content-type"} {
		if !slices.Contains(signed, needed) {
			return fmt.Errorf("%s is not signed", needed)
		}
	}
	if !slices.IsSorted(signed) {
		return fmt.Errorf("signed headers are not sorted: %v", signed)
	}
	sum := func(text []byte) string { s := sha256.Sum256(text); return hex.EncodeToString(s[:]) }
	mac := func(key []byte, text string) []byte {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(text))
		return h.Sum(nil)
	}
	var canonical strings.Builder
	fmt.Fprintf(&canonical, "%s\n%s\n%s\n", r.Method, r.URL.EscapedPath(), r.URL.RawQuery)
	for _, name := range signed {
		value := r.Header.Get(name)
		if name == "host" {
			value = r.Host
		}
		fmt.Fprintf(&canonical, "%s:%s\n", name, strings.TrimSpace(value))
	}
	fmt.Fprintf(&canonical, "\n%s\n%s", strings.Join(signed, ";"), sum(body))
	key := []byte("AWS4" + awsSecret)
	for _, part := range []string{day, region, "ses", "aws4_request"} {
		key = mac(key, part)
	}
	toSign := "AWS4-HMAC-SHA256\n" + at.Format("20060102T150405Z") + "\n" + day + "/" + region + "/ses/aws4_request\n" + sum([]byte(canonical.String()))
	if want := hex.EncodeToString(mac(key, toSign)); want != signature {
		return fmt.Errorf("the signature is %s, not %s", signature, want)
	}
	return nil
}

// read counts the mails that letterTo has returned, by backend and address.
var read = map[string]int{}

// letterTo is the next mail to an address. Amazon has it when the request that sends it is answered; what Miniflare's binding gets is
// printed by another process, a little later.
func (s *support) letterTo(t *testing.T, to string) letter {
	t.Helper()
	next := read[s.b.url+" "+to]
	read[s.b.url+" "+to]++
	deadline, again := time.NewTimer(patience), time.NewTicker(10*time.Millisecond)
	defer deadline.Stop()
	defer again.Stop()
	for {
		if all := s.lettersTo(t, to); len(all) > next {
			return all[next]
		}
		select {
		case <-deadline.C:
			t.Fatalf("no mail %d to %s; refused: %v\n%s", next, to, post.refused, s.b.output)
		case <-again.C:
		}
	}
}

func (s *support) lettersTo(t *testing.T, to string) []letter {
	t.Helper()
	if on.runtime == "cloudflare" {
		return s.bound(t, to)
	}
	post.mu.Lock()
	defer post.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(post.letters), func(l letter) bool { return l.to != to })
}

// boundMail is what Miniflare's binding says of a message, and in which files it keeps the parts.
var boundMail = regexp.MustCompile(`(?s)send_email binding called with MessageBuilder:(.*?)Text: (\S+\.txt)\s+HTML: (\S+\.html)`)

// bound are the messages to an address that the binding of a Worker was given.
func (s *support) bound(t *testing.T, to string) (all []letter) {
	t.Helper()
	printed := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(s.b.output.String(), "")
	for _, message := range boundMail.FindAllStringSubmatch(printed, -1) {
		head := map[string]string{}
		for _, line := range strings.Split(message[1], "\n") {
			if name, value, ok := strings.Cut(line, ": "); ok {
				head[strings.TrimSpace(name)] = strings.TrimSpace(value)
			}
		}
		if head["To"] != to {
			continue
		}
		var bodies []string
		for _, path := range message[2:4] {
			body, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			bodies = append(bodies, string(body))
		}
		all = append(all, letter{from: head["From"], to: to, subject: head["Subject"], text: bodies[0], html: bodies[1]})
	}
	return all
}

// code is the code of a mail, link its link.
func (l letter) code(t *testing.T) string {
	t.Helper()
	found := regexp.MustCompile(`this code: (\d{6})\b`).FindStringSubmatch(l.text)
	if found == nil || !strings.Contains(l.html, "<strong>"+found[1]+"</strong>") {
		t.Fatalf("no code in %+v", l)
	}
	return found[1]
}

func (l letter) link(t *testing.T, b *backend) string {
	t.Helper()
	found := regexp.MustCompile(`https?://\S+`).FindString(l.text)
	path, ours := strings.CutPrefix(found, b.url)
	if !ours || !strings.Contains(l.html, `<a href="`+strings.NewReplacer("&", "&#38;").Replace(found)+`">`) {
		t.Fatalf("no link of %s in %+v", b.url, l)
	}
	return path
}
