// Says what actionlint finds in workflows, {path, text} each. A path within a repository lets it look at the actions there.
package main

import (
	"encoding/json"
	"io"
	"log"
	"os"

	"github.com/rhysd/actionlint"
)

type input struct {
	// ShellCheck's program, which looks at scripts; none where it is empty.
	Shellcheck string `json:"shellcheck"`
	Workflows  []struct {
		Path string `json:"path"`
		Text string `json:"text"`
	} `json:"workflows"`
}

func main() {
	var in input
	if err := json.NewDecoder(os.Stdin).Decode(&in); err != nil {
		log.Fatal(err)
	}
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{Shellcheck: in.Shellcheck})
	if err != nil {
		log.Fatal(err)
	}
	found := []string{}
	for _, workflow := range in.Workflows {
		project, err := actionlint.NewProjects().At(workflow.Path)
		if err != nil {
			log.Fatal(err)
		}
		errors, err := linter.Lint(workflow.Path, []byte(workflow.Text), project)
		if err != nil {
			log.Fatal(err)
		}
		for _, one := range errors {
			found = append(found, one.Error())
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
		log.Fatal(err)
	}
}
