package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/internal/golden"
)

// TestFactsOfAWS compares the tables of what AWS has with the file in which a
// change of them is read: what is lost from one refuses settings that AWS takes,
// and what is too much accepts those that it refuses.
func TestFactsOfAWS(t *testing.T) {
	var text strings.Builder
	for _, region := range slices.Sorted(maps.Keys(zonesOf)) {
		fmt.Fprintf(&text, "zones of %s: %s\n", region, zonesOf[region])
	}
	for _, family := range slices.Sorted(maps.Keys(instanceFamilies)) {
		fmt.Fprintf(&text, "instances %s: %v\n", family, instanceFamilies[family])
	}
	fmt.Fprintf(&text, "PostgreSQL: %q, %q\n", postgresMajors, familyMajors)
	for _, cpu := range fargateCPU() {
		fmt.Fprintf(&text, "Fargate with %d CPU units: %v MiB\n", cpu, fargateMemory[cpu])
	}
	fmt.Fprintf(&text, "interface endpoints: %s\nlogs are kept for %d days\n", strings.Join(interfaceServices, " "), logRetentionDays)
	golden.Check(t, "testdata/facts.txt", text.String(), "UPDATE_GOLDEN=1 go test -run TestFactsOfAWS ./config")
}
