"""Vectors: scaled to length 1, and as bytes in a shop file."""

from __future__ import annotations

from vitrine.vectors.codec import from_float16_bytes, to_float16_bytes
from vitrine.vectors.scaling import unit

__all__ = ["from_float16_bytes", "to_float16_bytes", "unit"]
