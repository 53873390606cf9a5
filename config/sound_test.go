package config

import "testing"

func checkSound(t *testing.T, s Settings) { t.Helper(); _ = s }
