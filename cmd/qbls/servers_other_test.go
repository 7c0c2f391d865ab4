//go:build !unix

package main

func stopServers() {}
