"""Words to unit vectors in the space of the photos."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vitrine.encoders.graphs import Graph
from vitrine.encoders.tokenizer import Tokenizer
from vitrine.errors import ConfigurationError
from vitrine.vectors import unit

if TYPE_CHECKING:
    from vitrine.encoders.model_row import ModelRow
    from vitrine.types import Vectors

_BATCH = 256


class TextTower:
    """A text graph and the rules by which words become its ids.

    Args:
        row: names of the graph's input and output.
        path: the graph.
        tokenizer: the rules.
        threads: for one operation; 0 takes all cores.

    Raises:
        ConfigurationError: the graph cannot be loaded, or is not what the row says.
    """

    def __init__(self, row: ModelRow, path: Path, tokenizer: Tokenizer, threads: int) -> None:
        self._row = row
        self._tokenizer = tokenizer
        self._graph = Graph(row.name, path, threads)
        self._input = self._graph.input_name(row.text.input)
        self._output = self._graph.output_name([row.text.output] if row.text.output else [])

    def embed_text(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) of length 1; the empty text has a vector too."""
        ids = self._tokenizer.encode(texts)
        vectors = [np.zeros((0, self._row.dim), np.float32)]
        for start in range(0, len(ids), _BATCH):
            feed = {self._input: ids[start : start + _BATCH]}
            [found] = self._graph.run([self._output], feed)
            vectors.append(self._checked(found))
        return unit(np.concatenate(vectors))

    def _checked(self, vectors: Vectors) -> Vectors:
        if vectors.shape[1:] != (self._row.dim,):
            raise ConfigurationError(
                f"encoder {self._row.name!r} gives words the shape {vectors.shape}; "
                f"its row says dim {self._row.dim}"
            )
        if not (np.isfinite(vectors).all() and vectors.any(axis=1).all()):
            raise ConfigurationError(
                f"encoder {self._row.name!r} gives words numbers that are no direction"
            )
        return vectors
