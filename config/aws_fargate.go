package config

// memoryRange is what Fargate offers of memory, in MiB: from Min to Max in
// steps of Step.
type memoryRange struct{ Min, Max, Step int }

// fargateMemory gives for each number of CPU units the memory that Fargate
// offers with it on Linux (Amazon ECS developer guide, "Task definition
// differences for Fargate": task CPU and memory).
var fargateMemory = map[int]memoryRange{
	256:   {512, 2048, 512}, // but 1536, see offersMemory
	512:   {1024, 4096, 1024},
	1024:  {2048, 8192, 1024},
	2048:  {4096, 16384, 1024},
	4096:  {8192, 30720, 1024},
	8192:  {16384, 61440, 4096},
	16384: {32768, 122880, 8192},
}
