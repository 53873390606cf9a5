// Package kernel gives the jsii kernel a supported Node, the one that package.json next to this file pins, and a loader
// that is fast (README.md), and ends it quietly. main and tests import it; it imports nothing else of this repository.
package kernel
