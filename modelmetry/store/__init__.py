"""Where signals rest: the `Store` protocol and the store in one SQLite file."""
