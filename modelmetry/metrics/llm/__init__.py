"""Metrics of calls of language models, made of the spans that record them."""
