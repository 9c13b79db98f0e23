"""Clothes, panel by panel."""
