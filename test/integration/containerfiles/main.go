// Goes through Containerfiles as OpenShift's builder and buildah do, by their own library, and tells what each would do:
// a JSON list of texts with arguments leads to a list of what is built from, copied and run, with arguments filled in.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strings"

	docker "github.com/fsouza/go-dockerclient"
	"github.com/openshift/imagebuilder"
)

type file struct {
	Text string            `json:"text"`
	Args map[string]string `json:"args"`
}

type built struct {
	Error      string   `json:"error,omitempty"`
	From       string   `json:"from"`
	Copied     []string `json:"copied"`
	Runs       []string `json:"runs"`
	Env        []string `json:"env"`
	WorkingDir string   `json:"workingDir"`
	Cmd        []string `json:"cmd"`
	// Arguments that were given, and that no ARG declares.
	Unused []string `json:"unused"`
}

func main() {
	var files []file
	if err := json.NewDecoder(os.Stdin).Decode(&files); err != nil {
		log.Fatal(err)
	}
	all := make([]built, len(files))
	for i, one := range files {
		if err := all[i].read(one); err != nil {
			all[i].Error = err.Error()
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(all); err != nil {
		log.Fatal(err)
	}
}

func (all *built) read(one file) error {
	node, err := imagebuilder.ParseDockerfile(strings.NewReader(one.Text))
	if err != nil {
		return err
	}
	builder := imagebuilder.NewBuilder(one.Args)
	if all.From, err = builder.From(node); err != nil {
		return err
	}
	if err := builder.FromImage(&docker.Image{Config: &docker.Config{Image: all.From}}, node); err != nil {
		return err
	}
	executor := recorder{all}
	for _, child := range node.Children {
		step := builder.Step()
		if err := step.Resolve(child); err != nil {
			return err
		}
		if err := builder.Run(step, executor, false); err != nil {
			return err
		}
	}
	config := builder.Config()
	all.Env, all.WorkingDir, all.Cmd = config.Env, config.WorkingDir, config.Cmd
	for name := range one.Args {
		if !builder.AllowedArgs[name] {
			all.Unused = append(all.Unused, name)
		}
	}
	return nil
}

// What a build is asked for, of which nothing is done.
type recorder struct{ all *built }

func (r recorder) Copy(_ []string, copies ...imagebuilder.Copy) error {
	for _, one := range copies {
		for _, source := range one.Src {
			r.all.Copied = append(r.all.Copied, source+" "+one.Dest)
		}
	}
	return nil
}

func (r recorder) Run(run imagebuilder.Run, _ docker.Config) error {
	r.all.Runs = append(r.all.Runs, strings.Join(run.Args, " "))
	return nil
}

func (r recorder) UnrecognizedInstruction(step *imagebuilder.Step) error {
	return fmt.Errorf("no instruction: %s", step.Original)
}

func (recorder) Preserve(string) error                                    { return nil }
func (recorder) EnsureContainerPath(string) error                         { return nil }
func (recorder) EnsureContainerPathAs(string, string, *os.FileMode) error { return nil }
