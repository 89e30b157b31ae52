"""What was recorded, as plain data: no client, no transport, no contract."""
