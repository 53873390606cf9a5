package stacks_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/paperwurks/infra/config"
)

// stockVariable names the folder that TestStockKernelWrites writes to.
const stockVariable = "STACKS_TEST_STOCK_FOLDER"

// TestSameWithTheStockKernel: what the fast loader's kernel synthesises of this
// platform is what the stock kernel does, to the byte.
func TestSameWithTheStockKernel(t *testing.T) {
	if testing.Short() {
		t.Skip("long: the stock kernel takes its time")
	}
	ours := platform(t)
	folder := t.TempDir()
	stock := exec.Command(os.Args[0], "-test.run=^TestStockKernelWrites$")
	stock.Env = append(os.Environ(), "FASTJSII=off", stockVariable+"="+folder)
	if out, err := stock.CombinedOutput(); err != nil {
		t.Fatalf("the stock kernel: %v\n%s", err, out)
	}
	files := []string{"manifest.json"}
	for _, stack := range ours {
		file, err := filepath.Rel(platformFolder, stack.File)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	for _, file := range files {
		got, err := os.ReadFile(filepath.Join(platformFolder, file))
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(filepath.Join(folder, file))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes with the fast loader, %d with the stock kernel, and not the same", file, len(got), len(want))
		}
	}
	t.Logf("%d files are the same with both kernels", len(files))
}

// TestStockKernelWrites is the other half, in a process of its own.
func TestStockKernelWrites(t *testing.T) {
	folder := os.Getenv(stockVariable)
	if folder == "" {
		return // only TestSameWithTheStockKernel asks for it
	}
	synthesiseInto(t, folder, config.Platform(), config.Target{})
}
