"""What the demo shops sell: one table per kind of product."""
