"""The customer-service conversation that `modelmetry demo` plays."""
