"""A month of an invented shop's traffic, for a store that is as full as one in use."""
