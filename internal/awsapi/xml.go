package awsapi

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

// element is an XML element, whatever its name.
type element struct {
	XMLName  xml.Name
	Text     string    `xml:",chardata"`
	Children []element `xml:",any"`
}

func (c *Call) flattenXML(text []byte) error {
	var root element
	if err := xml.NewDecoder(bytes.NewReader(text)).Decode(&root); err != nil {
		return fmt.Errorf("%s %s: %w", c.Service, c.Operation, err)
	}
	c.flattenElement(root.XMLName.Local, root)
	return nil
}

// flattenElement counts elements of one name next to each other from 1; one
// that is alone has no number.
func (c *Call) flattenElement(name string, e element) {
	if len(e.Children) == 0 {
		c.set(name, strings.TrimSpace(e.Text))
		return
	}
	count, number := map[string]int{}, map[string]int{}
	for _, child := range e.Children {
		count[child.XMLName.Local]++
	}
	for _, child := range e.Children {
		path := name + "." + child.XMLName.Local
		if count[child.XMLName.Local] > 1 {
			number[child.XMLName.Local]++
			path += "." + strconv.Itoa(number[child.XMLName.Local])
		}
		c.flattenElement(path, child)
	}
}
