package config

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestPageFault(t *testing.T) {
	const first = "<!DOCTYPE html>\n"
	for page, want := range map[string]string{
		first + "<title>Täglich 100 %</title>\n":             "",
		first + strings.Repeat("a", MaxPageBytes-len(first)): "",
		first + strings.Repeat("a", MaxPageBytes):            "at most 4096 bytes are allowed; it has 4112",
		first + "\xff":                     "UTF-8 is required",
		"":                                 `"<!DOCTYPE html>" is required as its first line`,
		"<html>" + first:                   `"<!DOCTYPE html>" is required as its first line`,
		first + "${a}":                     `neither "${", "%{" nor "TfToken[" is allowed`,
		first + "%{if a}":                  `neither "${", "%{" nor "TfToken[" is allowed`,
		first + "TfToken[TOKEN.0]":         `neither "${", "%{" nor "TfToken[" is allowed`,
		first + "<SCRIPT>alert()</SCRIPT>": `"<SCRIPT" is not allowed`,
		first + `<link rel="stylesheet" href="a.css">`: `"<link" is not allowed`,
		first + `<input type="image" src = "a.png">`:   `"src =" is not allowed`,
		first + "<style>a { background: url(a) }":      `"url(" is not allowed`,
		first + `<style>@import "a.css";</style>`:      `"@import" is not allowed`,
		first + `<body onload="a()">`:                  `"onload=" is not allowed`,
	} {
		if got := pageFault(page); want == "" && got != "" || !strings.HasPrefix(got, want) {
			t.Errorf("%.60q: %q, want %q", page, got, want)
		}
	}
	var c checker
	c.page("maintenance.html", "not HTML, and a text of more than forty characters")
	if want := `config/pages/maintenance.html: "not HTML, and a text of more than forty ": "<!DOCTYPE html>" is required as its first line`; len(c.faults) != 1 || c.faults[0].Error() != want {
		t.Errorf("%v, want %q", c.faults, want)
	}
}

// TestPages: both can be shown, and Validate looks at them.
func TestPages(t *testing.T) {
	if err := Fixture().Validate(); err != nil {
		t.Fatal(err)
	}
	for _, page := range []*string{&MaintenancePage, &UnavailablePage} {
		kept := *page
		*page = "<p>"
		if err := Fixture().Validate(); err == nil || !strings.Contains(err.Error(), "config/pages/") {
			t.Errorf("without its first line: %v", err)
		}
		*page = kept
	}
}

// TestMaintenancePatterns: one matches each path that there is, the other none.
func TestMaintenancePatterns(t *testing.T) {
	on, off := regexp.MustCompile(MaintenanceOn), regexp.MustCompile(MaintenanceOff)
	for _, path := range []string{"/", "/a", "/maintenance-is-off", UnavailablePath, "//"} {
		if !on.MatchString(path) || off.MatchString(path) {
			t.Errorf("%q: on %v, off %v", path, on.MatchString(path), off.MatchString(path))
		}
	}
	if !strings.HasPrefix(UnavailablePath, ReservedPaths) || slices.Contains(UnavailableCodes(), 500) {
		t.Error("the page is not under the reserved paths, or the application's own errors are replaced")
	}
}
