// Package config holds every setting of the platform as plain typed Go values,
// and what follows from them without any AWS or jsii: names, the address plan,
// the SSM path plan and validation. It imports nothing of this repository.
//
//   - user.go          what only you can know: account, GitHub ids, domain, alarms
//   - platform.go      region, zones, and the entries of dev, staging and prod
//   - settings.go      the types
//   - names.go         every name that AWS sees
//   - parameters.go    every SSM parameter that is published
//   - addressplan.go   every subnet
//   - validate*.go     what is refused, and why; aws_*.go the tables behind it
//   - target.go        real AWS or a local one
package config
