"""Draws the demo catalogue: invented products, their photos, and the table that lists them."""
