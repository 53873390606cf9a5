// Command bench measures synth, the commands around it and the tests on this machine, with the stock jsii kernel and
// with the fast loader, and writes docs/performance.md. It links the stacks, unlike cmd/platform.
//
//	go run ./cmd/bench [-runs 5] [-targets] [-app .local/bin/infra] [-o docs/performance.md]
package main
