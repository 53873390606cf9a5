package accessmodel

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/iamsim"
)

// TestDocumentationIsCurrent fails when what a role may do is not what
// docs/access.md says.
func TestDocumentationIsCurrent(t *testing.T) {
	text, err := document(config.Platform(), stacksOfThePlatform, simulator)
	if err != nil {
		t.Fatal(err)
	}
	root, err := iamsim.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	if err := checkCurrent(filepath.Join(root, "docs", "access.md"), text); err != nil {
		t.Error(err)
	}
}

func TestDocumentationThatIsNotCurrent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "access.md")
	if err := checkCurrent(path, "now"); err == nil {
		t.Error("a missing file passes for current")
	}
	if err := os.WriteFile(path, []byte("then"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := checkCurrent(path, "now"); err == nil {
		t.Error("another text passes for current")
	}
	if err := checkCurrent(path, "then"); err != nil {
		t.Error(err)
	}
}
