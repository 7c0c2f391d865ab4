// Package editors holds no Go code: the extensions and plugins for editors, and the tests that drive real editors with the real server.
package editors
