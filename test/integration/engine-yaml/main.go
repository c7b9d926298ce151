// Command engine-yaml reads stack files as Pulumi's engine does, with the library that it does it with. Standard input is a
// JSON list of texts; standard output a list of what a program is given for each, or of the error.
//
// The steps are those of LoadProjectStackBytes in sdk/go/common/workspace/loaders.go, and of Map and object in
// sdk/go/common/resource/config. With the argument `write`, each item is one value, which is written as
// `pulumi config set --path` writes it.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

type answer struct {
	Config map[string]string `json:"config"`
	Error  string            `json:"error,omitempty"`
}

func main() {
	decoder := json.NewDecoder(os.Stdin)
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	if len(os.Args) > 1 && os.Args[1] == "write" {
		var values []any
		decoder.UseNumber()
		check(decoder.Decode(&values))
		texts := make([]string, len(values))
		for i, value := range values {
			text, err := encode(map[string]any{"config": map[string]any{"packit:value": whole(value)}})
			check(err)
			texts[i] = string(text)
		}
		check(encoder.Encode(texts))
		return
	}
	var texts []string
	check(decoder.Decode(&texts))
	answers := make([]answer, len(texts))
	for i, text := range texts {
		config, err := read([]byte(text))
		answers[i] = answer{Config: config}
		if err != nil {
			answers[i].Error = err.Error()
		}
	}
	check(encoder.Encode(answers))
}

// whole makes integers of JSON's numbers, as Pulumi has them.
func whole(value any) any {
	switch value := value.(type) {
	case json.Number:
		number, err := value.Int64()
		check(err)
		return number
	case map[string]any:
		for key, item := range value {
			value[key] = whole(item)
		}
	case []any:
		for i, item := range value {
			value[i] = whole(item)
		}
	}
	return value
}

func read(text []byte) (config map[string]string, err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("%v", reason)
		}
	}()
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	var raw any
	if err := yaml.Unmarshal(text, &raw); err != nil {
		return nil, err
	}
	config = map[string]string{}
	if raw == nil {
		return config, nil
	}
	file, isMap := simplified(raw).(map[string]any)
	if !isMap {
		return nil, fmt.Errorf("expected project to be an object, was %T", raw)
	}
	if given, isMap := file["config"].(map[string]any); isMap {
		prefixed := map[string]any{}
		for key, value := range given {
			if !strings.Contains(key, ":") {
				key = "packit:" + key
			}
			prefixed[key] = value
		}
		file["config"] = prefixed
	}
	again, err := encode(file)
	if err != nil {
		return nil, err
	}
	var stack struct {
		Config map[string]value `yaml:"config"`
	}
	if err := yaml.Unmarshal(again, &stack); err != nil {
		return nil, err
	}
	for key, value := range stack.Config {
		config[key] = string(value)
	}
	return config, nil
}

// value is a setting as the program is given it: a text as it is, all else as JSON.
type value string

func (v *value) UnmarshalYAML(node *yaml.Node) error {
	var raw any
	if err := node.Decode(&raw); err != nil {
		return err
	}
	plain := object(raw)
	if text, isText := plain.(string); isText {
		*v = value(text)
		return nil
	}
	text, err := json.Marshal(plain)
	*v = value(text)
	return err
}

func object(raw any) any {
	switch raw := raw.(type) {
	case time.Time:
		return raw.String()
	case map[string]any:
		made := make(map[string]any, len(raw))
		for key, item := range raw {
			made[key] = object(item)
		}
		return made
	case map[any]any:
		made := make(map[string]any, len(raw))
		for key, item := range raw {
			made[fmt.Sprintf("%v", key)] = object(item)
		}
		return made
	case []any:
		made := make([]any, len(raw))
		for i, item := range raw {
			made[i] = object(item)
		}
		return made
	default:
		return raw
	}
}

func simplified(raw any) any {
	switch raw := raw.(type) {
	case map[any]any:
		made := make(map[string]any, len(raw))
		for key, item := range raw {
			text, isText := key.(string)
			if !isText {
				panic(fmt.Sprintf("expected only string keys, got '%s'", key))
			}
			made[text] = simplified(item)
		}
		return made
	case []any:
		made := make([]any, len(raw))
		for i, item := range raw {
			made[i] = simplified(item)
		}
		return made
	default:
		return raw
	}
}

func encode(value any) ([]byte, error) {
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	err := encoder.Encode(value)
	return text.Bytes(), err
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
