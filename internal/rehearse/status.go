package rehearse

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/status"
)

// statusSays runs `make status` on the disposable environment with the calls of
// whoever is on call, or of infra-diff-role where nobody is, and returns an error unless it says each of what is
// wrong. Its answers are kept, for the sample in docs/status.md.
func (r *rehearsal) statusSays(ctx context.Context, name string, wrong ...string) error {
	var tape status.Tape
	handler, err := tape.Record(cmp.Or(r.endpoints.people[config.OnCallRole], r.endpoints.infraDiff), time.Now())
	if err != nil {
		return err
	}
	server := httptest.NewServer(handler)
	defer server.Close()
	out, err := r.command(ctx, nil, "", r.tool("bin", "platform"), "status", "-json", "-local", server.URL, disposable)
	if err != nil {
		return fmt.Errorf("make status: %w", err)
	}
	var report status.Report
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		return fmt.Errorf("make status: %w:\n%s", err, lastLines(out, 10))
	}
	if err := os.WriteFile(r.path("log", "status-"+name+".txt"), []byte(out), 0o644); err != nil {
		return err
	}
	var errs []error
	for _, unread := range append(report.Unread, report.Environments[0].Unread...) {
		errs = append(errs, fmt.Errorf("make status could not read %s: %s", unread.Part, unread.Why))
	}
	said := strings.Join(report.Environments[0].Wrong, "\n")
	for _, w := range wrong {
		if !strings.Contains(said, w) {
			errs = append(errs, fmt.Errorf("make status does not say %q:\n%s", w, said))
		}
	}
	return errors.Join(append(errs, tape.Write(r.path("log", "status-"+name+".json")))...)
}
