// Package contract will prove that the emitted files say what the definitions say: it reads the policy back from the emitted modules by
// a small reader of literals of its own, which shares no code with the reader of definitions, and compares the two in a canonical form.
//
// The emitted policy modules are made for it: literals only, one call per file, so that reading them needs no evaluation. This version
// compares nothing yet.
package contract
