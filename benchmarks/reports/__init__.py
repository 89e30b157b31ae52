"""What benchmarks/telemetry.py compares: each contender reports the same records in its way."""
