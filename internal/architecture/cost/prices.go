// Package cost says roughly what the synthesised stacks cost a month, from one
// file of list prices and assumptions, prices.json.
package cost

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

//go:embed prices.json
var pricesFile []byte

// Prices are list prices of one region at one date, and what is assumed of use.
type Prices struct {
	Region string `json:"region"`
	// Date of the price list, as 2006-01-02, and where it is from.
	Date   string `json:"date"`
	Source string `json:"source"`
	// HoursPerMonth turns what is billed by the hour into a month.
	HoursPerMonth float64 `json:"hoursPerMonth"`
	// Prices are by name; an instance class is its own name.
	Prices      map[string]Price `json:"prices"`
	Assumptions []Assumption     `json:"assumptions"`
	// Free are the types of resources that cost nothing by themselves, with the
	// reason.
	Free map[string]string `json:"free"`
}

// Price is one line of a price list, in US dollars.
type Price struct {
	Price float64 `json:"price"`
	// Unit is what is priced, Per the time it is priced for: "hour" or "month".
	Unit string `json:"unit"`
	Per  string `json:"per"`
	// About says that the price is near, but not known to the cent.
	About  bool   `json:"about"`
	Source string `json:"source"`
}

// Assumption is how much of something is used, by environment.
type Assumption struct {
	Name, What string
	// Default is for the environments that ByEnvironment does not name.
	Default       float64
	ByEnvironment map[string]float64
}

// UnmarshalJSON reads an assumption: its name, what it is, and numbers by
// environment or "default".
func (a *Assumption) UnmarshalJSON(data []byte) error {
	var fields map[string]any
	if err := json.Unmarshal(data, &fields); err != nil {
		return err
	}
	a.ByEnvironment = map[string]float64{}
	for key, value := range fields {
		text, isText := value.(string)
		n, isNumber := value.(float64)
		switch {
		case key == "name" && isText:
			a.Name = text
		case key == "what" && isText:
			a.What = text
		case key == "default" && isNumber:
			a.Default = n
		case isNumber:
			a.ByEnvironment[key] = n
		default:
			return fmt.Errorf("assumption: %q: a number is wanted", key)
		}
	}
	return nil
}

// Of is what is assumed of an environment.
func (a Assumption) Of(env string) float64 {
	if n, there := a.ByEnvironment[env]; there {
		return n
	}
	return a.Default
}

// Load reads prices.json.
func Load() (*Prices, error) { return parse(pricesFile) }

func parse(data []byte) (*Prices, error) {
	var p Prices
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p); err != nil {
		return nil, fmt.Errorf("prices.json: %w", err)
	}
	return &p, p.validate()
}

func (p *Prices) validate() error {
	var faults []error
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("prices.json: "+format, args...))
	}
	if _, err := time.Parse(time.DateOnly, p.Date); err != nil {
		fault("date: %w", err)
	}
	if p.Region == "" || p.Source == "" || p.HoursPerMonth <= 0 {
		fault("region, source and hoursPerMonth must be there")
	}
	for name, price := range p.Prices {
		if price.Price <= 0 || price.Unit == "" || price.Source == "" || (price.Per != "hour" && price.Per != "month") {
			fault("price %q: price, unit, source and per (hour or month) must be there", name)
		}
	}
	for _, a := range p.Assumptions {
		if a.Name == "" || a.What == "" {
			fault("an assumption without name or what: %+v", a)
		}
	}
	for kind, reason := range p.Free {
		if reason == "" {
			fault("free: %q: the reason is missing", kind)
		}
		if _, there := rules[kind]; there {
			fault("free: %q has a price rule as well", kind)
		}
	}
	return errors.Join(faults...)
}
