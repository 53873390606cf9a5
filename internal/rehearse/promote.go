package rehearse

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
)

// The commits of the promotion: one that runs well where it is built, and one
// that does not.
var (
	goodCommit = strings.Repeat("3", 40)
	badCommit  = strings.Repeat("4", 40)
)

// promotion builds in one environment and promotes to the one that takes its
// images: what never ran well there is refused, and what did arrives by the same
// digest, with its SBOM and provenance.
func (r *rehearsal) promotion(ctx context.Context) (string, error) {
	target := slices.IndexFunc(r.settings.Environments, func(e config.Environment) bool { return e.Images.From != "" })
	if target < 0 {
		return "no environment takes another's images", nil
	}
	to, err := r.asDeployer(ctx, r.settings.Environments[target].Name)
	if err != nil {
		return "", err
	}
	from, err := r.asDeployer(ctx, to.env.Images.From)
	if err != nil {
		return "", err
	}
	if err := to.refuses(ctx, goodCommit, "was never deployed to "+from.env.Name); err != nil {
		return "", err
	}
	if err := from.pushIndex(ctx, goodCommit); err != nil {
		return "", err
	}
	if err := from.deploys(ctx, goodCommit); err != nil {
		return "", err
	}
	if err := to.refuses(ctx, goodCommit, "never ran well in "+from.env.Name); err != nil {
		return "", fmt.Errorf("before its deployment was seen to end well: %w", err)
	}
	if _, err := from.script(ctx, "ran.sh", "IMAGE="+from.image(goodCommit), "PROVEN=true"); err != nil {
		return "", err
	}
	if err := from.failsOnAnAlarm(ctx, badCommit); err != nil {
		return "", err
	}
	if err := to.refuses(ctx, badCommit, "never ran well in "+from.env.Name); err != nil {
		return "", err
	}

	waited, err := r.gate(ctx, func(env string) error {
		if env != to.env.Name {
			return nil // deployed above
		}
		for range 2 { // also when it is run again
			if _, err := to.promotes(ctx, goodCommit); err != nil {
				return err
			}
		}
		return to.deploys(ctx, goodCommit)
	}, func(env string) error {
		if env != to.env.Name {
			return nil
		}
		digests, err := to.digests(ctx, goodCommit)
		if err == nil && len(digests) > 0 {
			err = fmt.Errorf("%s has the image of %s, though it waits", env, from.env.Name)
		}
		return err
	})
	if err != nil {
		return "", err
	}
	built, err := from.digest(ctx, goodCommit)
	if err != nil {
		return "", err
	}
	runs, err := to.digest(ctx, goodCommit)
	if err != nil {
		return "", err
	}
	if runs != built {
		return "", fmt.Errorf("%s runs %s, and %s %s", to.env.Name, runs, from.env.Name, built)
	}
	return fmt.Sprintf("%s runs the digest of %s, %s; a commit that was not deployed there, one not seen to run well and one that failed were refused; %s", to.env.Name, from.env.Name, runs[:19], waited), nil
}

// asDeployer is the backend's run for an environment, with its own role's endpoint.
func (r *rehearsal) asDeployer(ctx context.Context, name string) (*backend, error) {
	at := slices.IndexFunc(r.settings.Environments, func(e config.Environment) bool { return e.Name == name })
	endpoint, err := r.recorder.Open(r.settings.Names().DeployRole(name))
	if err != nil {
		return nil, err
	}
	return r.asBackendOf(ctx, r.settings.Environments[at], endpoint)
}

func (b *backend) image(commit string) string { return b.repository + ":" + b.env.Name + "-" + commit }

func (b *backend) name() string {
	_, name, _ := strings.Cut(b.repository, "/")
	return name
}

// promotes runs promote.sh, with the stand-in for a copy in a registry.
func (b *backend) promotes(ctx context.Context, commit string) (string, error) {
	const docker = "internal/rehearse/standin/no-docker/docker"
	program, err := os.ReadFile(docker)
	if err != nil {
		return "", err
	}
	folder := b.r.path("no-docker")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(folder, "docker"), program, 0o755); err != nil {
		return "", err
	}
	return b.script(ctx, "promote.sh", "PATH="+folder+":"+b.r.tool("aws-cli", "bin")+":"+os.Getenv("PATH"),
		"PROMOTED_FROM="+b.env.Images.From, "REPOSITORY="+b.repository, "IMAGE="+b.image(commit), "GITHUB_SHA="+commit)
}

func (b *backend) refuses(ctx context.Context, commit, why string) error {
	out, err := b.promotes(ctx, commit)
	if err == nil || !strings.Contains(out, "::error::") || !strings.Contains(out, why) {
		return fmt.Errorf("promote.sh does not refuse commit %s, which %s: %v\n%s", commit[:4], why, err, lastLines(out, 5))
	}
	return nil
}

// deploys goes through what follows the image.
func (b *backend) deploys(ctx context.Context, commit string) error {
	for _, step := range [][]string{{"scan.sh"}, {"revise.sh"}, {"run-task.sh", "TASK=roles"}, {"run-task.sh"}, {"update.sh"}, {"schedule.sh"}} {
		if _, err := b.script(ctx, step[0], append(step[1:], "IMAGE="+b.image(commit), "SEVERITY=CRITICAL", "ALLOWED=scan-allowed.json", "MINUTES=5")...); err != nil {
			return err
		}
	}
	d, err := b.running(ctx)
	if err == nil && d.image != b.image(commit) {
		err = fmt.Errorf("%s runs %q; %q was deployed", b.env.Name, d.image, b.image(commit))
	}
	return err
}

// failsOnAnAlarm deploys a commit while an alarm of a service rings: ECS goes
// back.
func (b *backend) failsOnAnAlarm(ctx context.Context, commit string) error {
	if err := b.pushIndex(ctx, commit); err != nil {
		return err
	}
	n := b.r.settings.Names()
	ring := func(state string) error {
		for _, s := range b.env.Services {
			out, err := b.r.command(ctx, []string{"AWS_ENDPOINT_URL=" + b.r.endpoints.nobody, "AWS_DEFAULT_REGION=" + b.r.settings.Region, "AWS_ACCESS_KEY_ID=local", "AWS_SECRET_ACCESS_KEY=local"}, "",
				b.r.tool("aws-cli", "bin", "aws"), "cloudwatch", "set-alarm-state", "--alarm-name", n.Alarm(b.env.Name, config.ServiceMemory.Of(s.Name)), "--state-value", state, "--state-reason", "rehearsed")
			if err != nil {
				return fmt.Errorf("%w\n%s", err, out)
			}
		}
		return nil
	}
	if err := ring("ALARM"); err != nil {
		return err
	}
	deployed := b.deploys(ctx, commit)
	if err := ring("OK"); err != nil {
		return err
	}
	if deployed == nil {
		return errors.New("a deployment whose alarm rings ended well")
	}
	return nil
}

// digest of the image of a commit.
func (b *backend) digest(ctx context.Context, commit string) (string, error) {
	digests, err := b.digests(ctx, commit)
	if err == nil && len(digests) != 1 {
		err = fmt.Errorf("%s has %d images of commit %s", b.name(), len(digests), commit[:4])
	}
	if err != nil {
		return "", err
	}
	return digests[0], nil
}

// digests are those of the images that have the tag of a commit: one, or none.
func (b *backend) digests(ctx context.Context, commit string) ([]string, error) {
	var found struct {
		Images []struct{ ImageID struct{ ImageDigest string } }
	}
	err := b.aws(ctx, &found, "ecr", "batch-get-image", "--repository-name", b.name(), "--image-ids", "imageTag="+b.env.Name+"-"+commit)
	var digests []string
	for _, image := range found.Images {
		digests = append(digests, image.ImageID.ImageDigest)
	}
	return digests, err
}

const indexType = "application/vnd.oci.image.index.v1+json"

// pushIndex pushes what buildx does: an image, its attestation, and the index
// of both, which has the tag.
func (b *backend) pushIndex(ctx context.Context, commit string) error {
	var manifests []any
	for _, part := range []struct {
		content  string
		platform map[string]string
	}{{commit, map[string]string{"os": "linux", "architecture": b.env.Images.Processor().Platform()}}, {"attestation of " + commit, map[string]string{"os": "unknown", "architecture": "unknown"}}} {
		manifest, err := manifestOf(part.content, b.env.Images.Processor())
		if err != nil {
			return err
		}
		digest := fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(manifest)))
		if err := b.aws(ctx, nil, "ecr", "put-image", "--repository-name", b.name(), "--image-digest", digest, "--image-manifest", manifest, "--image-manifest-media-type", manifestType); err != nil {
			return err
		}
		manifests = append(manifests, map[string]any{"mediaType": manifestType, "digest": digest, "size": len(manifest), "platform": part.platform})
	}
	index, err := json.Marshal(map[string]any{"schemaVersion": 2, "mediaType": indexType, "manifests": manifests})
	if err != nil {
		return err
	}
	return b.aws(ctx, nil, "ecr", "put-image", "--repository-name", b.name(), "--image-tag", b.env.Name+"-"+commit, "--image-digest", fmt.Sprintf("sha256:%x", sha256.Sum256(index)), "--image-manifest", string(index), "--image-manifest-media-type", indexType)
}
