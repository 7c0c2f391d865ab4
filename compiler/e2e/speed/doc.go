// Package speed compares the emitted list route with what somebody would write by hand. Its benchmark prints ratios of one run:
//
//	go test ./compiler/e2e/speed -run '^$' -bench List -benchtime 1x
package speed
