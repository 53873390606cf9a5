package kernel

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/aws/jsii-runtime-go"
	_jsii_ "github.com/aws/jsii-runtime-go/runtime"

	"github.com/paperwurks/infra/internal/process"
)

// The variables that jsii-runtime-go and its Node read.
const (
	nodeVariable    = "JSII_NODE"
	optionsVariable = "NODE_OPTIONS"
)

// options keep the heap that jsii-runtime-go gives its kernel (MiB), and
// silence DEP0044: the kernel calls util.isArray, which newer Nodes deprecate.
const options = "--max-old-space-size=4069 --disable-warning=DEP0044"

// Use has the jsii kernel run on the pinned Node, with the fast loader. Call it
// before the first use of jsii, in main and in TestMain. Where the caller's
// environment already names a Node, or the pinned one is not installed, that
// or the machine's is used.
func Use() error {
	root, err := process.ModuleRoot()
	if err != nil {
		return err
	}
	if folder := process.NodeFolder(root); folder != "" && os.Getenv(nodeVariable) == "" {
		// Only the kernel is to see them: another Node may know no such option.
		defer setenv(nodeVariable, filepath.Join(folder, executable()))()
		defer setenv(optionsVariable, strings.TrimSpace(os.Getenv(optionsVariable)+" "+options))()
		restart()
	}
	return Enable()
}

// restart gives the kernel this process's environment. The bindings' init
// functions have already made the kernel's process, unstarted, with the
// environment of that moment. Close drops it; the next use of jsii, here the
// cheapest there is, makes one with ours.
func restart() {
	jsii.Close()
	_jsii_.IsAnonymousProxy(nil)
}

// setenv sets a variable and returns what puts it back: no other program that
// the app starts is to see it.
func setenv(name, value string) (restore func()) {
	before, found := os.LookupEnv(name)
	os.Setenv(name, value)
	return func() {
		if found {
			os.Setenv(name, before)
		} else {
			os.Unsetenv(name)
		}
	}
}

func executable() string {
	if runtime.GOOS == "windows" {
		return "node.cmd"
	}
	return "node"
}
