"""How busy the machine, the container, the process and its GPUs are, read when metrics are."""
