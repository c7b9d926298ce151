module github.com/packit/deployment/test/authorities/engine-yaml

go 1.24

require gopkg.in/yaml.v3 v3.0.1
