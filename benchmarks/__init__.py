"""Measurements; each module prints a table for RESULTS.md."""
