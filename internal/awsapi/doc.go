// Package awscall takes the HTTP requests of AWS's API apart: which service
// and region a request was signed for, which operation it asks for and with
// which parameters, in the JSON, query and REST protocols. It also writes an
// error as the service that was asked would send it.
//
// It knows the REST protocols' operations of the services named in rest.py,
// which are those that the platform uses; the operations of all others name
// themselves.
package awsapi
