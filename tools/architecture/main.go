package main

import (
	"fmt"
	"os"

	"github.com/paperwurks/infra/tools/architecture/picture"
	"github.com/paperwurks/infra/tools/architecture/platform"
)

func main() {
	s, err := platform.Read(os.Args[1], []string{"dev", "staging", "prod"})
	if err != nil {
		panic(err)
	}
	do := func(p *picture.Picture, err error) {
		if err != nil {
			panic(err)
		}
		if err := p.Faults(); err != nil {
			fmt.Println(err)
		}
		os.WriteFile("/tmp/pics/"+p.Name+".svg", p.SVG(), 0o644)
	}
	for _, env := range s.Environments() {
		do(drawEnvironment(s, env))
	}
	do(drawNetwork(s))
	do(drawAccess(s))
	do(drawWorkloadAccess(s))
	do(drawOverview(s))
}
