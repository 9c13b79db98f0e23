"""Bags, seen from the front."""
