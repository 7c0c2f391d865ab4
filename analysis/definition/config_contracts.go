package definition

// Contracts is compiler.securityContracts: how the emitted files are verified, and where the report of it goes (seeds: compiler__config,
// Security Contract Reports and Signing). Paths are relative to the output's quickback folder.
type Contracts struct {
	FailMode  Value[string] // error, warn
	Report    Value[bool]   // report.enabled
	Path      Value[string]
	Signature Signature
}

// Signature is securityContracts.report.signature.
type Signature struct {
	Enabled, Required Value[bool]
	Key               Value[string] // written out
	KeyEnv            Value[string] // the variable that holds it
	KeyID             Value[string]
	Path              Value[string]
}

var signatureSettings = map[string]setting{"enabled": aSwitch, "required": aSwitch, "key": aText, "keyEnv": aText, "keyId": aText, "path": aText}

func (r *reader) contracts(c *Config, compiler *object) {
	if !compiler.has("securityContracts") {
		return
	}
	read := func(o *object, key, path string, all map[string]setting, more ...string) *object {
		n := o.value(key)
		inner := r.object(n, path, with(more, all))
		r.settings(inner, path, all, true)
		return inner
	}
	const path = "compiler.securityContracts"
	o := read(compiler, "securityContracts", path, map[string]setting{"failMode": oneWord("error", "warn")}, "report")
	k := &Contracts{FailMode: o.str("failMode")}
	c.Contracts = k
	if !o.has("report") {
		return
	}
	report := read(o, "report", path+".report", map[string]setting{"enabled": aSwitch, "path": aText}, "signature")
	k.Report, k.Path = report.bool("enabled"), report.str("path")
	if !report.has("signature") {
		return
	}
	s := read(report, "signature", path+".report.signature", signatureSettings)
	k.Signature = Signature{s.bool("enabled"), s.bool("required"), s.str("key"), s.str("keyEnv"), s.str("keyId"), s.str("path")}
}
