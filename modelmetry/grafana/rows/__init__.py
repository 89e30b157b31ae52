"""The rows of the dashboard, one subject each."""
