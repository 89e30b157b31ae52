"""Record what an AI application did, and look at it."""
