// Says of each of some texts, a JSON list of them, whether container runtimes take it for an image's reference with a
// tag, a digest or both.
package main

import (
	_ "crypto/sha256"
	_ "crypto/sha512"
	"encoding/json"
	"log"
	"os"

	"github.com/distribution/reference"
)

func main() {
	var texts []string
	if err := json.NewDecoder(os.Stdin).Decode(&texts); err != nil {
		log.Fatal(err)
	}
	taken := make([]bool, len(texts))
	for i, text := range texts {
		named, err := reference.ParseNormalizedNamed(text)
		taken[i] = err == nil && !reference.IsNameOnly(named)
	}
	if err := json.NewEncoder(os.Stdout).Encode(taken); err != nil {
		log.Fatal(err)
	}
}
