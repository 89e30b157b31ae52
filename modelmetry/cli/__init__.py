"""The command `modelmetry`."""
