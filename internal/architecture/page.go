package architecture

import (
	"fmt"

	"github.com/paperwurks/infra/internal/markdown"
)

type page struct{ markdown.Page }

// picture shows a file of the folder next to the page.
func (p *page) picture(name, description string) {
	p.Text(fmt.Sprintf("![%s](%s/%s.svg)", description, pictureFolder, name))
}
