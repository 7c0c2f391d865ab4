package lsp

import (
	"context"

	"go.lsp.dev/protocol"
)

// DidChangeConfiguration takes the settings that came along, else asks for them. Clients send null, {} or their whole
// configuration here.
func (s *server) DidChangeConfiguration(_ context.Context, p *protocol.DidChangeConfigurationParams) error {
	var sent struct {
		Qbls *options `json:"qbls"`
	}
	read(p.Settings, &sent)
	if sent.Qbls != nil {
		s.settings.change(*sent.Qbls)
		return nil
	}
	if !s.settings.configuration {
		return nil
	}
	s.run(func(ctx context.Context) {
		section := "qbls"
		answers, err := s.client.Configuration(ctx, &protocol.ConfigurationParams{Items: []protocol.ConfigurationItem{{Section: &section}}})
		if err != nil || len(answers) == 0 {
			return
		}
		var o options
		read(answers[0], &o)
		s.settings.change(o)
	})
	return nil
}
