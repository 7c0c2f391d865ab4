package contract

import (
	"encoding/json"
	"testing"
)

// TestCanonicalJSON takes its expectations from RFC 8785, sections 3.2.2 to 3.2.4 and appendix B.
func TestCanonicalJSON(t *testing.T) {
	for in, want := range map[string]string{
		`{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001], "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}`:                                                                `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
		"{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\"\\ufb33\":\"Hebrew Letter Dalet With Dagesh\",\"1\":\"One\",\"\\ud83d\\ude00\":\"Emoji: Grinning Face\",\"\\u0080\":\"Control\",\"\\u00f6\":\"Latin Small Letter O With Diaeresis\"}": "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}",
		`[9007199254740992, 1e21, 999999999999999900000, 1e-7, 0.000001, -0, 9.999999999999997e22, "<&>\u2028"]`:                                                                                                                                        "[9007199254740992,1e+21,999999999999999900000,1e-7,0.000001,0,9.999999999999997e+22,\"<&>\u2028\"]",
	} {
		got, err := Canonical(json.RawMessage(in))
		if err != nil || string(got) != want {
			t.Errorf("%s\ngot  %s (%v)\nwant %s", in, got, err, want)
		}
	}
	if _, err := Canonical(json.RawMessage("1e999")); err == nil {
		t.Error("a number that no double holds was written")
	}
}
