package localaws

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
)

// span is where an element stands in a document: all of it, and what is inside.
type span struct{ start, innerStart, innerEnd, end int }

// findElement finds the first element of that name at any depth.
func findElement(document []byte, name string) (span, bool) {
	all := findElements(document, name)
	if len(all) == 0 {
		return span{}, false
	}
	return all[0], true
}

// findElements finds every element of that name, in the document's order. An element inside another of
// the same name belongs to the outer one.
func findElements(document []byte, name string) []span {
	decoder := xml.NewDecoder(bytes.NewReader(document))
	var found []span
	var current span
	depth := 0 // of nested elements of that name
	for {
		before := int(decoder.InputOffset())
		token, err := decoder.RawToken()
		if err != nil {
			return found // io.EOF, or a document that ends here for us
		}
		after := int(decoder.InputOffset())
		switch element := token.(type) {
		case xml.StartElement:
			if element.Name.Local != name {
				continue
			}
			if depth++; depth == 1 {
				current = span{start: before, innerStart: after}
			}
		case xml.EndElement:
			if element.Name.Local != name || depth == 0 {
				continue
			}
			if depth--; depth == 0 {
				current.innerEnd, current.end = before, after
				found = append(found, current)
			}
		}
	}
}

// inner is what stands inside the first element of that name.
func inner(document []byte, name string) (string, bool) {
	at, ok := findElement(document, name)
	if !ok {
		return "", false
	}
	return string(document[at.innerStart:at.innerEnd]), true
}

// wellFormed refuses a body that is no XML document.
func wellFormed(document []byte) error {
	decoder := xml.NewDecoder(bytes.NewReader(document))
	elements := 0
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) && elements > 0 {
			return nil
		}
		if err != nil {
			return &apiError{http.StatusBadRequest, "MalformedXML", err.Error()}
		}
		if _, ok := token.(xml.StartElement); ok {
			elements++
		}
	}
}
