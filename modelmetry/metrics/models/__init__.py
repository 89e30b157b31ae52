"""What models predict: how often, how fast, how sure, and how often they were right.

`decorator.model_metrics` measures functions and blocks, `truth` what was true in the end.
"""
