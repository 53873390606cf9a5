package awsapi

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"
)

// Faults are what AWS does on a bad day. The zero value is a good one.
type Faults struct {
	// Throttled and Internal are the shares of calls, 0 to 1, that are
	// answered with the service's "slow down" and with its internal error,
	// both of which a caller should repeat. They do not reach the emulator.
	Throttled, Internal float64
	// InARow is how many times one call may be answered with an error before
	// it passes. Default: 2, which the three tries of an AWS SDK outlast.
	InARow int
	// Delay is the longest that a call waits; each waits a time of its own
	// between nothing and that.
	Delay time.Duration
	// Held, where there is one, is closed when calls may go on; until then all
	// wait but those of S3, STS and IAM, which Terraform sends before it locks
	// a state. So who has the lock keeps it.
	Held <-chan struct{}
	// Seed decides which calls are hit: the same calls with the same seed are
	// hit alike, in whatever order they come.
	Seed uint64
}

// FaultCount is how often calls were disturbed.
type FaultCount struct{ Throttled, Internal, Delayed int }

type faults struct {
	Faults
	tries map[string]int
	inRow map[string]int
	count FaultCount
}

// Faults disturbs the calls from now on; Faults{} ends that.
func (w *Recorder) Faults(f Faults) {
	if f.InARow == 0 {
		f.InARow = 2
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = faults{Faults: f, tries: map[string]int{}, inRow: map[string]int{}, count: w.faults.count}
}

// FaultCount is how often calls were disturbed since the start.
func (w *Recorder) FaultCount() FaultCount {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.faults.count
}

// hold waits until a call may go on, and says whether its caller has waited too.
func (w *Recorder) hold(ctx context.Context, call *Call) bool {
	w.mu.Lock()
	held := w.faults.Held
	w.mu.Unlock()
	if held == nil || slices.Contains([]string{"s3", "sts", "iam"}, call.Service) {
		return true
	}
	select {
	case <-held:
		return true
	case <-ctx.Done():
		return false
	}
}

// disturb decides what befalls a call.
func (w *Recorder) disturb(r *http.Request, call *Call) (*Fault, time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f := &w.faults
	if f.Throttled <= 0 && f.Internal <= 0 && f.Delay <= 0 {
		return nil, 0
	}
	parameters, _ := json.Marshal(call.Parameters) // texts always encode
	key := fmt.Sprintf("%s %s %s %s", call.Service, call.Region, call.Operation, parameters)
	f.tries[key]++
	hash := fnv.New64a()
	fmt.Fprintf(hash, "%s %d", key, f.tries[key])
	dice := rand.New(rand.NewPCG(f.Seed, hash.Sum64()))
	var delay time.Duration
	if f.Delay > 0 {
		delay = time.Duration(dice.Int64N(int64(f.Delay)))
		f.count.Delayed++
	}
	share := dice.Float64()
	if share >= f.Throttled+f.Internal || f.inRow[key] >= f.InARow {
		f.inRow[key] = 0
		return nil, delay
	}
	f.inRow[key]++
	if share < f.Throttled {
		f.count.Throttled++
		return Throttled(r), delay
	}
	f.count.Internal++
	return Internal(r), delay
}
