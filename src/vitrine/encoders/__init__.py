"""Encoders: photos to unit vectors, words where the model knows them, tags where it has heads.

`ENCODERS` is the table, `load_encoder` loads one, `embed_photos` runs it over any number of files.
"""

from __future__ import annotations

from vitrine.encoders.embedding import PhotoEmbedding, decode_side_px, embed_photos
from vitrine.encoders.protocol import (
    Encoder,
    Tagger,
    TextEncoder,
    as_tagger,
    as_text_encoder,
)
from vitrine.encoders.table import ENCODERS, EncoderRow, load_encoder

__all__ = [
    "ENCODERS",
    "Encoder",
    "EncoderRow",
    "PhotoEmbedding",
    "Tagger",
    "TextEncoder",
    "as_tagger",
    "as_text_encoder",
    "decode_side_px",
    "embed_photos",
    "load_encoder",
]
