package architecture

import (
	"fmt"
	"strconv"
	"strings"
)

// plain writes a number without zeros that say nothing: 0.25, 2.
func plain(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// between says a range of numbers: "3–12", or "2" when there is only one.
func between(least, most float64) string {
	if least == most {
		return plain(least)
	}
	return plain(least) + "–" + plain(most)
}

// counted is a number with its noun.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// last is what follows the last "/" of a name.
func last(name string) string { return name[strings.LastIndex(name, "/")+1:] }

// listed joins words as a sentence does.
func listed(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// sentence spells a statement's name, such as PullItsImage, in words.
func sentence(sid string) string {
	var out strings.Builder
	for i, r := range sid {
		upper := r >= 'A' && r <= 'Z'
		after := i > 0 && sid[i-1] >= 'A' && sid[i-1] <= 'Z'
		before := i+1 < len(sid) && sid[i+1] >= 'a' && sid[i+1] <= 'z'
		if upper && i > 0 && (!after || before) {
			out.WriteByte(' ')
		}
		if upper && before {
			out.WriteString(strings.ToLower(string(r)))
		} else {
			out.WriteRune(r)
		}
	}
	return out.String()
}
