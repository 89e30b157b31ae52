"""Prices of language models."""
