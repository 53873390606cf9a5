package terraform

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// initialised is the file, in the folder that Terraform works in, with the
// digest of what init last succeeded for.
const initialised = ".terraform/initialised"

// initDigest is the digest of all that `terraform init` with the arguments would
// read in dir, and of what it left there; "" where that cannot be said. Equal
// digests mean that another init would change nothing: it only compares the
// provider, of 700 MB, with the lock file once more, as every plan does.
func (r Runner) initDigest(dir string, args []string) string {
	sum := sha256.New()
	err := errors.Join(
		digestConfiguration(sum, dir),
		r.digestProgram(sum),
		digestTree(sum, filepath.Join(dir, ".terraform")),
	)
	if err != nil {
		return ""
	}
	fmt.Fprintf(sum, "%q\n", args)
	return hex.EncodeToString(sum.Sum(nil))
}

// errNotJudged is of a folder whose configuration is more than init's digest knows.
var errNotJudged = errors.New("more than backends and required providers")

// digestConfiguration reads of a folder the backends, the required providers and
// the lock file.
func digestConfiguration(sum io.Writer, dir string) error {
	lock, err := os.ReadFile(filepath.Join(dir, LockFile))
	if err != nil {
		return err
	}
	fmt.Fprintf(sum, "%q\n", lock)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		switch name := e.Name(); {
		case strings.HasSuffix(name, ".tf") || strings.HasSuffix(name, ".tofu") || strings.HasSuffix(name, ".tofu.json"):
			return errNotJudged
		case strings.HasSuffix(name, ".tf.json"):
			data, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				return err
			}
			var blocks struct {
				Terraform, Module any
			}
			if err := json.Unmarshal(data, &blocks); err != nil {
				return err
			}
			if blocks.Module != nil {
				return errNotJudged
			}
			read, err := json.Marshal(blocks.Terraform)
			if err != nil {
				return err
			}
			fmt.Fprintf(sum, "%q %s\n", name, read)
		}
	}
	return nil
}

// digestProgram reads which Terraform runs, and the settings that it has besides
// the folder's.
func (r Runner) digestProgram(sum io.Writer) error {
	program, err := exec.LookPath(r.Provider.program())
	if err != nil {
		return err
	}
	if err := digestTree(sum, program); err != nil {
		return err
	}
	var settings []string
	for _, e := range r.environment {
		if strings.HasPrefix(e, "TF_DATA_DIR=") {
			return errNotJudged
		}
		if strings.HasPrefix(e, "TF_") {
			settings = append(settings, e)
		}
	}
	slices.Sort(settings)
	var config []byte
	if r.Provider.ConfigFile != "" {
		if config, err = os.ReadFile(r.Provider.ConfigFile); err != nil {
			return err
		}
	}
	fmt.Fprintf(sum, "%q %q\n", settings, config)
	return nil
}

// digestTree reads the names, sizes and times of all files under path, also of
// those that links lead to: Terraform links providers.
func digestTree(sum io.Writer, path string) error {
	if strings.HasSuffix(filepath.ToSlash(path), initialised) {
		return nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		_, err := fmt.Fprintf(sum, "%q %d %d\n", path, info.Size(), info.ModTime().UnixNano())
		return err
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := digestTree(sum, filepath.Join(path, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// isInitialised says whether init has succeeded for just this.
func (r Runner) isInitialised(dir string, args []string) bool {
	was, err := os.ReadFile(filepath.Join(dir, initialised))
	return err == nil && len(was) > 0 && string(was) == r.initDigest(dir, args)
}

// markInitialised notes that init succeeded. Where the digest cannot be said,
// nothing is noted.
func (r Runner) markInitialised(dir string, args []string) error {
	file := filepath.Join(dir, initialised)
	digest := r.initDigest(dir, args)
	if digest == "" {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	return replaceFile(file, []byte(digest))
}
