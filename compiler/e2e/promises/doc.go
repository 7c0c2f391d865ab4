// Package promises keeps what docs/promises.md says: for each promise that no other test shows, one that asks an emitted backend over
// HTTP. The projects that are asked are in testdata.
package promises
