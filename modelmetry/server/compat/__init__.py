"""What clients of other SDKs need of a server."""
