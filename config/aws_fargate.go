package config

import (
	"maps"
	"slices"
)

// fargateMemory gives for each number of CPU units the memory, in MiB, that
// Fargate offers with it on Linux (Amazon ECS developer guide, "Amazon ECS task
// definition parameters for Fargate", task size).
var fargateMemory = map[int][]int{
	256:   {512, 1024, 2048},
	512:   steps(1024, 4096, 1024),
	1024:  steps(2048, 8192, 1024),
	2048:  steps(4096, 16384, 1024),
	4096:  steps(8192, 30720, 1024),
	8192:  steps(16384, 61440, 4096),
	16384: steps(32768, 122880, 8192),
	32768: {61440, 122880, 249856},
}

func fargateCPU() []int { return slices.Sorted(maps.Keys(fargateMemory)) }

// steps counts from first to last.
func steps(first, last, step int) []int {
	var out []int
	for n := first; n <= last; n += step {
		out = append(out, n)
	}
	return out
}
