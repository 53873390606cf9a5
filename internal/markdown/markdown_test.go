package markdown

import "testing"

func TestPage(t *testing.T) {
	p := &Page{}
	p.Heading("Costs")
	p.Text("\n  What it costs.\n")
	p.Numbers("what", "dev", "prod")
	p.Row("NAT", "1", "3")
	p.Details("more", func() {
		p.Table("one", "two")
		p.Row("`a`", "b")
	})
	const want = `
## Costs

What it costs.

| what | dev | prod |
| --- | ---: | ---: |
| NAT | 1 | 3 |

<details><summary>more</summary>

| one | two |
| --- | --- |
| ` + "`a`" + ` | b |

</details>
`
	if got := p.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
