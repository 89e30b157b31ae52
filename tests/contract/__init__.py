"""The server and the SDK against openapi/spec.yaml, over a real socket."""
