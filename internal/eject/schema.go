package eject

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"context"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/terraform"
)

// Schema says of each kind of resource and data source which of its arguments
// are attributes and which are blocks (`terraform providers schema -json`).
type Schema struct {
	Provider struct {
		Block Block `json:"block"`
	} `json:"provider"`
	Resources map[string]struct {
		Block Block `json:"block"`
	} `json:"resource_schemas"`
	Data map[string]struct {
		Block Block `json:"block"`
	} `json:"data_source_schemas"`
}

// Block is what a block may hold.
type Block struct {
	Attributes map[string]Attribute   `json:"attributes"`
	Blocks     map[string]NestedBlock `json:"block_types"`
}

// Attribute is one argument with "=".
type Attribute struct {
	// Type is Terraform's JSON of a type constraint: "string", or a list such
	// as ["map", "string"]; nil for an attribute with attributes of its own.
	Type     any  `json:"type"`
	Required bool `json:"required"`
}

// NestedBlock is a block within a block.
type NestedBlock struct {
	Block Block `json:"block"`
}

// ParseSchema reads what `terraform providers schema -json` prints, for the AWS
// provider of whichever registry.
func ParseSchema(printed []byte) (Schema, error) {
	var all struct {
		Schemas map[string]Schema `json:"provider_schemas"`
	}
	if err := json.Unmarshal(printed, &all); err != nil {
		return Schema{}, fmt.Errorf("the provider's schema: %w", err)
	}
	for source, schema := range all.Schemas {
		if strings.HasSuffix(source, "/hashicorp/aws") {
			return schema, nil
		}
	}
	return Schema{}, errors.New("the provider's schema: none of hashicorp/aws")
}

// FetchSchema asks the provider, by Terraform, for its schema. That takes
// seconds and 14 MB, so the answer is kept in a file of dir.
func FetchSchema(ctx context.Context, runner terraform.Runner, dir string) (Schema, error) {
	kept := filepath.Join(dir, "schema", "aws-"+config.ProviderVersion+".json")
	printed, err := os.ReadFile(kept)
	if err == nil {
		return ParseSchema(printed)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return Schema{}, err
	}
	if err := os.MkdirAll(filepath.Dir(kept), 0o755); err != nil {
		return Schema{}, err
	}
	folder, err := os.MkdirTemp(filepath.Dir(kept), "asking-*")
	if err != nil {
		return Schema{}, err
	}
	defer os.RemoveAll(folder)
	required := fmt.Sprintf(`{"terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": %q}}}}`, config.ProviderVersion)
	if err := os.WriteFile(filepath.Join(folder, "main.tf.json"), []byte(required), 0o644); err != nil {
		return Schema{}, err
	}
	if _, err := runner.Run(ctx, folder, nil, "init", "-input=false", "-no-color"); err != nil {
		return Schema{}, fmt.Errorf("the provider's schema: %w", err)
	}
	if printed, err = runner.Run(ctx, folder, nil, "providers", "schema", "-json"); err != nil {
		return Schema{}, fmt.Errorf("the provider's schema: %w", err)
	}
	schema, err := ParseSchema(printed)
	if err != nil {
		return Schema{}, err
	}
	whole := filepath.Join(folder, "schema.json")
	return schema, errors.Join(os.WriteFile(whole, printed, 0o644), os.Rename(whole, kept))
}
