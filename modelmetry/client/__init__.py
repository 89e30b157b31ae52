"""How an application records: the client, its builders, blocks and decorators."""
