package config

// ProviderVersion of the AWS provider for Terraform that every stack asks for:
// the last of the line that the bindings are generated from (they write
// 5.99.1).
const ProviderVersion = "5.100.0"

// TerraformVersion is what every stack asks of Terraform: the S3 backend's own
// lock file is stable since 1.11.
const TerraformVersion = ">= 1.11.0"
