// Package awsapi speaks AWS's API over HTTP, in the JSON, query and REST
// protocols. Client makes calls. Read takes a request apart: the service and
// region that it was signed for, the operation and its parameters; Fault writes
// an error as that service would send it. Recorder records and disturbs the
// calls that others make to an emulator.
//
// It knows the REST protocols' operations of the services named in rest.py,
// which are those that the platform uses; the operations of all others name
// themselves. It imports nothing of ours.
package awsapi
