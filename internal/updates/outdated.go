package updates

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"

	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/github"
	"github.com/paperwurks/infra/internal/markdown"
)

// Command reports what Dependabot does not update and is newer elsewhere.
var Command = command.Command{Name: "outdated", Summary: "compare the versions that Dependabot does not update with the newest ones, by GitHub's API",
	Define: func(flags *flag.FlagSet) command.Func {
		issue := flags.Bool("github", false, "open, update or close the issue on GitHub")
		source := flags.String("source", "", "`text` that says who looked")
		output := flags.String("o", "", "`file` to append the report to (default: standard output)")
		return func(ctx context.Context, p command.Process, _ []string) error {
			client := github.FromEnvironment(p.Getenv)
			report, newer, failed := Report(ctx, os.DirFS("."), Pins(), client)
			if *source != "" {
				report += "\n<sub>" + *source + "</sub>\n"
			}
			if err := appendTo(*output, report, p); err != nil {
				return err
			}
			if *issue {
				done, err := client.KeepIssue(ctx, issueMarker, issueTitle, issueMarker+"\n"+report, newer > 0 || failed != nil, "Nothing is newer any more.")
				if err != nil {
					return errors.Join(failed, err)
				}
				fmt.Fprintln(p.Out, done)
			}
			return failed
		}
	}}

const (
	issueMarker = "<!-- paperwurks-infra: updates -->"
	issueTitle  = "Updates that Dependabot does not make"
)

func appendTo(file, text string, p command.Process) error {
	if file == "" {
		fmt.Fprint(p.Out, text)
		return nil
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// Report is a page of Markdown with each pin, and how many have a newer version
// that nobody knows of. What could not be asked is in the report and the error.
func Report(ctx context.Context, files fs.FS, pins []Pin, client github.Client) (report string, newer int, failed error) {
	p := &markdown.Page{}
	p.WriteString("# What Dependabot does not update\n")
	p.Table("what", "here", "newest", "")
	for _, pin := range pins {
		current, err := pin.current(files)
		newest := ""
		if err == nil && pin.Repository != "" {
			newest, err = pin.ask(ctx, client, current)
		}
		switch say := pin.Held; {
		case err != nil:
			failed = errors.Join(failed, err)
			p.Row(pin.Name, current, "?", "could not be asked: "+err.Error())
		case newest != "" && older(current, newest) && (pin.Known == "" || older(pin.Known, newest)):
			newer++
			if say = "**newer**: [" + pin.Repository + "](https://github.com/" + pin.Repository + "), in `" + pin.Files + "`"; pin.Held != "" {
				say += "; held so far: " + pin.Held
			}
			p.Row(pin.Name, current, newest, say)
		default:
			p.Row(pin.Name, current, newest, say)
		}
	}
	return p.String(), newer, failed
}

// ask is the newest version among the repository's tags.
func (p Pin) ask(ctx context.Context, client github.Client, current string) (string, error) {
	client.Repository = p.Repository
	tags, err := client.Tags(ctx, p.Prefix)
	if err != nil {
		return "", err
	}
	newest := p.newest(tags, current)
	if newest == "" {
		return "", fmt.Errorf("%s: none of %d tags of %s is a version", p.Name, len(tags), p.Repository)
	}
	return newest, nil
}
