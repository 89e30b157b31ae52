"""The generated client: what it sends, what it reads, what it raises."""
