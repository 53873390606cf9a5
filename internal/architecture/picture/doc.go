// Package picture draws boxes, frames and arrows as an SVG that a browser shows
// as well in the light as in the dark, and finds the faults that make a picture
// hard to read: text that leaves its box, boxes that overlap, arrows that cross.
//
// The caller says where things are, in pixels of a page PageWidth wide. The
// package imports nothing of this repository.
package picture
