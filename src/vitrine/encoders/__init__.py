"""Encoders: photos to unit vectors, words where the model knows them, tags where it has heads.

`ENCODERS` is the table, `load_encoder` loads one, `embed_photos` runs it over any number of files.
What an encoder can do besides photos, `as_tagger`, `as_text_encoder`, `as_explainer` and
`as_tag_explainer` tell.
"""

from __future__ import annotations

from vitrine.encoders.cells import similarity_map
from vitrine.encoders.embedding import PhotoEmbedding, decode_side_px, embed_photos
from vitrine.encoders.garment_map import GarmentMap, garment_map
from vitrine.encoders.keeping import (
    encoder_folder,
    encoder_row,
    export_encoder,
    is_kept,
    model_row_of,
)
from vitrine.encoders.model_row import ModelRow
from vitrine.encoders.protocol import (
    Encoder,
    Explainer,
    SimilarityExplainer,
    TagExplainer,
    Tagger,
    TextEncoder,
    as_explainer,
    as_similarity_explainer,
    as_tag_explainer,
    as_tagger,
    as_text_encoder,
)
from vitrine.encoders.table import ENCODERS, EncoderRow, load_encoder
from vitrine.encoders.tag_places import Method, TagPlaces
from vitrine.encoders.tokenizer import Tokenizer, words_of

__all__ = [
    "ENCODERS",
    "Encoder",
    "EncoderRow",
    "Explainer",
    "GarmentMap",
    "Method",
    "ModelRow",
    "PhotoEmbedding",
    "SimilarityExplainer",
    "TagExplainer",
    "TagPlaces",
    "Tagger",
    "TextEncoder",
    "Tokenizer",
    "as_explainer",
    "as_similarity_explainer",
    "as_tag_explainer",
    "as_tagger",
    "as_text_encoder",
    "decode_side_px",
    "embed_photos",
    "encoder_folder",
    "encoder_row",
    "export_encoder",
    "garment_map",
    "is_kept",
    "load_encoder",
    "model_row_of",
    "similarity_map",
    "words_of",
]
