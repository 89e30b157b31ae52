"""Places to which signals go."""
