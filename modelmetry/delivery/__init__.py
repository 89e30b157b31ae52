"""How finished signals leave the application: buffered, batched, retried, counted."""
