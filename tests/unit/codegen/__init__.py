"""The driver that writes the generated client."""
