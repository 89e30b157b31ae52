"""From what was recorded to what the contract says, and to its JSON."""
