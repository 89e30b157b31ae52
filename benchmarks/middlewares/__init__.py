"""Middlewares that measure requests, each in front of the same application."""
