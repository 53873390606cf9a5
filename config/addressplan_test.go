package config

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func TestSubnetsOfTheDocumentedBlock(t *testing.T) {
	got, err := Subnets("10.20.0.0/16", []string{"eu-central-1a", "eu-central-1b", "eu-central-1c"})
	if err != nil {
		t.Fatal(err)
	}
	want := []Subnet{
		{TierPublic, "eu-central-1a", "10.20.224.0/24"},
		{TierPublic, "eu-central-1b", "10.20.225.0/24"},
		{TierPublic, "eu-central-1c", "10.20.226.0/24"},
		{TierPrivate, "eu-central-1a", "10.20.0.0/20"},
		{TierPrivate, "eu-central-1b", "10.20.16.0/20"},
		{TierPrivate, "eu-central-1c", "10.20.32.0/20"},
		{TierIsolated, "eu-central-1a", "10.20.192.0/24"},
		{TierIsolated, "eu-central-1b", "10.20.193.0/24"},
		{TierIsolated, "eu-central-1c", "10.20.194.0/24"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
}

func TestSubnetsOfTheSmallestBlock(t *testing.T) {
	zones := []string{"a", "b", "c", "d", "e", "f"}
	got, err := Subnets("10.23.240.0/20", zones)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []Subnet{
		{TierPublic, "f", "10.23.254.80/28"},
		{TierPrivate, "a", "10.23.240.0/24"},
		{TierPrivate, "f", "10.23.245.0/24"},
		{TierIsolated, "a", "10.23.252.0/28"},
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%v is not among %v", want, got)
		}
	}
}

// TestSubnetsNeverOverlap takes every size of block with every number of
// zones.
func TestSubnetsNeverOverlap(t *testing.T) {
	zones := []string{"a", "b", "c", "d", "e", "f"}
	for bits := largestBlock; bits <= smallestBlock; bits++ {
		block := netip.PrefixFrom(netip.MustParseAddr("172.16.0.0"), bits)
		for n := range len(zones) + 1 {
			subnets, err := Subnets(block.String(), zones[:n])
			if err != nil {
				t.Fatal(err)
			}
			if len(subnets) != 3*n {
				t.Errorf("%s, %d zones: %d subnets", block, n, len(subnets))
			}
			for i, a := range subnets {
				one := netip.MustParsePrefix(a.CIDR)
				if !holds(block, one) {
					t.Errorf("%v is outside %s", a, block)
				}
				for _, b := range subnets[:i] {
					if one.Overlaps(netip.MustParsePrefix(b.CIDR)) {
						t.Errorf("%v overlaps %v", a, b)
					}
				}
			}
		}
	}
}

// An added zone must not move what is there: a moved subnet is destroyed and
// recreated, with all that is in it.
func TestAddedZoneMovesNothing(t *testing.T) {
	two, err := Subnets("10.20.0.0/16", []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	three, err := Subnets("10.20.0.0/16", []string{"a", "b", "c"})
	if err != nil {
		t.Fatal(err)
	}
	for _, subnet := range two {
		if !slices.Contains(three, subnet) {
			t.Errorf("%v is gone with a third zone", subnet)
		}
	}
}

func TestSubnetsRefuse(t *testing.T) {
	for _, c := range []struct {
		cidr  string
		zones string
		want  string
	}{
		{"", "ab", `"" is not a CIDR block: netip.ParsePrefix("")`},
		{"10.20.0.0", "ab", `"10.20.0.0" is not a CIDR block`},
		{"10.20.0.0/15", "ab", `"10.20.0.0/15": an IPv4 block from /16 to /20 is allowed`},
		{"10.20.0.0/21", "ab", `"10.20.0.0/21": an IPv4 block from /16 to /20 is allowed`},
		{"fd00::/16", "ab", `"fd00::/16": an IPv4 block from /16 to /20 is allowed`},
		{"10.20.1.0/16", "ab", `"10.20.1.0/16": the block has host bits set; "10.20.0.0/16" is meant`},
		{"10.20.0.0/16", "abg", `zone "g": the address plan has room for zones a to f`},
		{"10.20.0.0/16", "a-", `zone "-": the address plan has room for zones a to f`},
	} {
		subnets, err := Subnets(c.cidr, strings.Split(c.zones, ""))
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("Subnets(%q, zones %s): got %v, %v; want an error that starts %s", c.cidr, c.zones, subnets, err, c.want)
		}
	}
}

// TestZonesKeepTheirAddresses: whatever the order of the list, and whatever zone
// comes or goes, the subnets of the others stay where they are.
func TestZonesKeepTheirAddresses(t *testing.T) {
	plan := func(zones ...string) []Subnet {
		subnets, err := Subnets("10.20.0.0/16", zones)
		if err != nil {
			t.Fatal(err)
		}
		return subnets
	}
	three := plan("eu-x-1a", "eu-x-1b", "eu-x-1c")
	if got := plan("eu-x-1c", "eu-x-1a", "eu-x-1b"); !slices.Equal(got, three) {
		t.Errorf("in another order: %v, want %v", got, three)
	}
	for _, other := range [][]Subnet{plan("eu-x-1c", "eu-x-1a"), plan("eu-x-1d", "eu-x-1a", "eu-x-1b", "eu-x-1c")} {
		for _, subnet := range three {
			if i := slices.IndexFunc(other, func(s Subnet) bool { return s.Tier == subnet.Tier && s.Zone == subnet.Zone }); i >= 0 && other[i] != subnet {
				t.Errorf("%v, want %v", other[i], subnet)
			}
		}
	}
}
