package lsp_test

import (
	"testing"

	"go.lsp.dev/protocol"

	"github.com/qbls/qbls/lsp"
)

// TestWhatIsDecodedOutlivesItsMessage: the connection reads the next message into the bytes of this one.
func TestWhatIsDecodedOutlivesItsMessage(t *testing.T) {
	message := []byte(`[{"title":"Add the role","data":{"n":1}}]`)
	var list []protocol.CommandOrCodeAction
	if err := (lsp.Codec{}).Unmarshal(message, &list); err != nil {
		t.Fatal(err)
	}
	for i := range message {
		message[i] = 'X'
	}
	action, ok := list[0].(*protocol.CodeAction)
	if !ok || action.Title != "Add the role" || string(action.Data) != `{"n":1}` {
		t.Errorf("got %+v", list[0])
	}
}
