"""From openapi/spec.yaml to generated/modelmetry_api: the driver, its checks, its templates."""
