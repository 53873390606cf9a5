package accessmodel

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/capability"
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
	"github.com/paperwurks/infra/internal/iamsim"
	"github.com/paperwurks/infra/internal/synthesised"
)

// Write simulates what every role of the stacks in the folder synth may do, and
// writes it into file. It reads the synthesised stacks, not the code that made them.
//
// Next to it goes on-call.json, the policy of a permission set.
func Write(file, synth string) error {
	stacks, err := synthesised.Read(synth)
	if err != nil {
		return err
	}
	text, err := document(config.Platform(), stacks, &iamsim.Simulator{})
	if err != nil {
		return err
	}
	onCall, err := onCallPolicy(config.Platform())
	if err != nil {
		return err
	}
	return errors.Join(os.WriteFile(file, []byte(text), 0o644), os.WriteFile(filepath.Join(filepath.Dir(file), "on-call.json"), []byte(onCall), 0o644))
}

// onCallPolicy is docs/on-call.json, to be read by people too.
func onCallPolicy(settings config.Settings) (string, error) {
	text, err := access.OnCall(settings.Names(), settings.Environments).JSON()
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	err = json.Indent(&out, []byte(text), "", "  ")
	return out.String() + "\n", err
}

// document is docs/access.md for a set of stacks.
func document(settings config.Settings, stacks inventory.Stacks, simulator *iamsim.Simulator) (string, error) {
	p, err := inventory.Load(stacks)
	if err != nil {
		return "", err
	}
	withPerson := p.Clone()
	if err := withPerson.AddAdministrator(); err != nil {
		return "", err
	}
	environments := environmentsOf(settings)
	roles, workloads, person, people := ciRolesOf(settings), documentedWorkloads(environments, jobsOf(settings), offHoursOf(settings)), []string{inventory.Administrator}, peopleOf(settings)
	withMember := p.Clone()
	if err := capability.AddMember(withMember); err != nil {
		return "", err
	}
	chatters := capability.Chatters(settings)
	var ci, ofWorkloads, ofPerson, ofPeople, ofChat []answered
	for _, ask := range []struct {
		into     *[]answered
		areas    []capability.Area
		roles    []string
		platform *inventory.Platform
	}{
		{&ci, areas(settings), roles, p}, {&ofWorkloads, environments.Workloads(jobsOf(settings), offHoursOf(settings)), workloads, p}, {&ofPerson, ofAdministrators(settings), person, withPerson},
		{&ofPeople, environments.People(switchableOf(settings)), people, p},
		{&ofChat, environments.Chatting(promotions(settings), jobsOf(settings))[:1], chatters, withMember},
	} {
		if len(ask.roles) == 0 {
			continue
		}
		verdicts, err := simulate(ask.platform, simulator, questions(ask.areas, ask.roles))
		if err != nil {
			return "", err
		}
		*ask.into = byRow(verdicts, ask.roles)
	}
	runs, err := admissions(settings, p, roles)
	if err != nil {
		return "", err
	}

	page := &page{}
	page.Text(introduction)
	page.Text(whoReads)
	if err := page.reaches(settings, withPerson, simulator); err != nil {
		return "", err
	}
	page.Text(whoReadsToo)
	page.Text(whoDeploys)
	page.deployments(settings, runs)
	page.Text(whoDeploysToo)
	page.Text(strings.Replace(stolenTokens, "{sessions}", sessions(p, roles), 1))
	for _, text := range []string{whoChangesRoles, onlyAdministrators, notHeldAgainst, reasoning, tablesIntroduction} {
		page.Text(text)
	}
	page.Details("Runs about no environment", func() { page.runs(runs, "") })
	page.Text(ciIntroduction)
	page.matrix(of(ci, ""), roles)
	page.Text(peopleIntroduction)
	page.Details("Commands and refusals", func() { page.people(ofPerson) })
	page.Text(rolesForPeopleIntroduction)
	page.assumers(settings)
	page.matrix(ofPeople, people)
	page.Text(workloadsIntroduction)
	page.matrix(ofWorkloads, workloads)
	if len(ofChat) > 0 {
		page.Text(chatIntroduction)
		page.matrix(ofChat, chatters)
	}
	page.Text(attachmentsIntroduction)
	page.Details("Roles and policies of no environment", func() { page.attachments(p, "", environments) })
	for _, env := range environments {
		page.Text("### " + env)
		page.Details("From where its roles can be assumed", func() { page.runs(runs, env) })
		page.matrix(of(ci, env), nil)
		page.Details("Roles and policies", func() { page.attachments(p, env, environments) })
	}
	return strings.TrimSpace(page.String()) + "\n", nil
}

// promotions are the environments whose images others take, by those others.
func promotions(settings config.Settings) map[string]string {
	from := map[string]string{}
	for _, env := range settings.Environments {
		if env.Images.From != "" {
			from[env.Name] = env.Images.From
		}
	}
	return from
}

// jobsOf is the first scheduled job of each environment that has one.
func jobsOf(settings config.Settings) capability.Jobs {
	jobs := capability.Jobs{}
	for _, env := range settings.Environments {
		if scheduled := env.ScheduledJobs(); len(scheduled) > 0 {
			task := env.JobTask(scheduled[0])
			jobs[env.Name] = capability.Job{
				Name: task.Name, Documents: task.ReachesDocuments(), Database: task.ReachesDatabase(), SessionKey: slices.Contains(task.MayRead(), "session-key"),
			}
		}
	}
	return jobs
}

// peopleOf are the names of the roles for people that the stacks of settings make.
func peopleOf(settings config.Settings) []string {
	var names []string
	for _, r := range settings.People.Roles() {
		names = append(names, settings.Names().PeopleRole(r.Role))
	}
	return names
}

// offHoursOf are the environments that a schedule switches off and on.
func offHoursOf(settings config.Settings) []string {
	var names []string
	for _, env := range settings.Environments {
		if env.OffHours.IsSet() {
			names = append(names, env.Name)
		}
	}
	return names
}

// switchableOf are the environments that a person may switch off and on.
func switchableOf(settings config.Settings) []string {
	var names []string
	for _, env := range settings.Environments {
		if !env.IsProtected() {
			names = append(names, env.Name)
		}
	}
	return names
}

// areas are the whole table for the roles of CI, with the copies that are made.
func areas(settings config.Settings) []capability.Area {
	all := environmentsOf(settings).Areas(promotions(settings), jobsOf(settings))
	for _, env := range settings.Environments {
		if env.Copies.AreMade() {
			all = append(all, capability.Copies(env.Name, env.Copies.Region))
		}
	}
	return all
}

// ofAdministrators are the table for a person with administrator rights, likewise.
func ofAdministrators(settings config.Settings) []capability.Area {
	all := environmentsOf(settings).Administration()
	for _, env := range settings.Environments {
		if env.Copies.AreMade() {
			all = append(all, capability.CopiesForPeople(env.Name, env.Copies.Region))
		}
	}
	return all
}

// environmentsOf are the names of the settings' environments.
func environmentsOf(settings config.Settings) capability.Environments {
	var names capability.Environments
	for _, env := range settings.Environments {
		names = append(names, env.Name)
	}
	return names
}

// ciRolesOf are the roles of CI that the settings make.
func ciRolesOf(settings config.Settings) []string {
	return environmentsOf(settings).CIRoles(settings.Account.Topic())
}
