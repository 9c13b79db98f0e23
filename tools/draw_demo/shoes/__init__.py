"""Shoes, mostly seen from the side."""
