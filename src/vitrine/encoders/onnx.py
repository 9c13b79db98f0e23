"""Any model of the table, of the package, or of a local folder, run by ONNX Runtime on the CPU."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vitrine.encoders.calibration import Calibration, read_calibration
from vitrine.encoders.external_data import external_files
from vitrine.encoders.graphs import Graph
from vitrine.encoders.model_files import folder_file, hub_file
from vitrine.encoders.model_row import ModelFile, ModelRow, read_model_row
from vitrine.encoders.pixels import Frame, check_pixels, fit_pixels, frame_of
from vitrine.encoders.pooling import pool
from vitrine.encoders.tag_heads import read_labels, tag_of, tags_of
from vitrine.encoders.tag_places import Split, TagGraph, TagPlaces, open_tag_graph
from vitrine.encoders.text_tower import TextTower
from vitrine.encoders.tokenizer import read_tokenizer
from vitrine.errors import ConfigurationError, ShapeError, UsageError
from vitrine.fetch import sha256_of
from vitrine.types import EncoderIdentity
from vitrine.vectors import unit

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from vitrine.encoders.protocol import Progress
    from vitrine.settings import Settings
    from vitrine.types import Pixels, Tag, Tags, Vectors

_BATCH = 32


def load_hub_model(
    row: ModelRow, settings: Settings, on_progress: Progress | None = None
) -> OnnxEncoder:
    """Load a model of the table; its files are downloaded on first use.

    Raises:
        FetchError: a file is not here and cannot be had, or has another hash than it should.
        ConfigurationError: the model is not what its row says.
    """
    return _load(row, lambda file: hub_file(row, file, settings, on_progress), settings)


def load_model_folder(folder: Path, settings: Settings) -> OnnxEncoder:
    """Load a model from a folder with a model.json; nothing is downloaded.

    Raises:
        ConfigurationError: a file is missing or damaged, or the model is not what its row says.
    """
    return _load(read_model_row(folder), lambda file: folder_file(folder, file), settings)


@dataclass(frozen=True, slots=True)
class Beside:
    """What a model has besides its image tower; all of it may be missing."""

    labels: Mapping[str, tuple[str, ...]]
    calibration: Calibration
    text: TextTower | None


class OnnxEncoder:
    """One model; what it has no files for, it says it cannot do."""

    def __init__(
        self, row: ModelRow, path: Path, threads: int, digest: str, beside: Beside
    ) -> None:
        self._row = row
        self._path, self._threads = path, threads
        self._graph = graph = Graph(row.name, path, threads)
        self._beside = beside
        self._input = graph.input_name(row.input.name)
        self._vector = graph.output_name(row.output.names)
        self._cells = _cells_name(row, graph, self._vector)
        similarity = beside.calibration.similarity
        curve = similarity.curve if similarity else ()
        self._identity = EncoderIdentity(row.name, digest, row.dim, row.preprocessing, curve)
        self._grid = self._try()

    @property
    def identity(self) -> EncoderIdentity:
        """Its hash is that of the graph's file, or of the list of hashes if it has several."""
        return self._identity

    @property
    def heads(self) -> Mapping[str, Sequence[str]]:
        """As labels.json has them."""
        return self._beside.labels

    @property
    def knows_words(self) -> bool:
        """Whether the model has a text tower."""
        return self._beside.text is not None

    @property
    def grid(self) -> tuple[int, int] | None:
        """As the graph's output has it."""
        return self._grid

    def prepare(self, image: Image.Image) -> Pixels:
        """Resize as the row says."""
        given = self._row.input
        return fit_pixels(
            image,
            given.height_px,
            given.width_px,
            given.resize,
            given.interpolation,
            given.crop_share,
        )

    def frame(self, width: int, height: int) -> Frame:
        """As the row's resize rule has it."""
        given = self._row.input
        return frame_of(
            width, height, given.height_px, given.width_px, given.resize, given.crop_share
        )

    def embed(self, pixels: Pixels) -> Vectors:
        """Run the graph for its vector alone."""
        return _placed(self.features(pixels))

    def features(self, pixels: Pixels) -> NDArray[np.float32]:
        """What the model gives before it is scaled to length 1, (n, dim)."""
        [found] = self._run(pixels, [self._vector])
        return self._features(found)

    def embed_and_tag(self, pixels: Pixels) -> tuple[Vectors, list[Tags]]:
        """Run the graph once for vector and logits."""
        names = [self._row.output.tag_prefix + head for head in self.heads]
        vectors, *logits = self._run(pixels, [self._vector, *names])
        by_head = {
            head: self._head_tags(head, found)
            for head, found in zip(self.heads, logits, strict=True)
        }
        tags: list[Tags] = [
            {head: found[n] for head, found in by_head.items()} for n in range(len(pixels))
        ]
        return _placed(self._features(vectors)), tags

    def embed_text(self, texts: Sequence[str]) -> Vectors:
        """Run the text tower.

        Raises:
            UsageError: the model has none; `as_text_encoder` says so beforehand.
        """
        if self._beside.text is None:
            raise UsageError(f"the encoder {self._row.name!r} understands no words")
        return self._beside.text.embed_text(texts)

    def embed_cells(self, pixels: Pixels) -> NDArray[np.float32]:
        """Run the graph for its cells alone.

        Raises:
            UsageError: the model has none; `as_explainer` says so beforehand.
        """
        if self._cells is None:
            raise UsageError(f"the encoder {self._row.name!r} has no cells to make heat maps of")
        [cells] = self._run(pixels, [self._cells])
        if cells.ndim != 4 or cells.shape[1] != self._row.dim:
            raise ConfigurationError(
                f"encoder {self._row.name!r} gives cells of the shape {cells.shape}; "
                f"expected (n, {self._row.dim}, height, width)"
            )
        # as in `_placed`, where the model sees nothing at all
        seen = cells.mean(axis=(2, 3), keepdims=True).any(axis=1, keepdims=True)
        return np.where(seen, cells, np.float32(1))

    @property
    def explains_tags(self) -> bool:
        """Whether its tags are a sum over places."""
        return self._tag_graph is not None

    def explain_tags(
        self, pixels: Pixels, asked: Sequence[tuple[str, str | None]] = ()
    ) -> list[TagPlaces]:
        """Read map and weights inside the graph; every map is exact.

        Raises:
            UsageError: the tags are no sum; `as_tag_explainer` says so beforehand.
        """
        graph, prefix = self._tag_graph, self._row.output.tag_prefix
        if graph is None:
            raise UsageError(f"the tags of the encoder {self._row.name!r} are no sum over places")
        asked = asked or [(head, None) for head in self.heads]
        check_pixels(pixels, self._row.input.height_px, self._row.input.width_px)
        heads = list(dict.fromkeys(head for head, _ in asked))
        said = graph.split(self._feed(pixels[:1]), [prefix + head for head in heads])
        splits = dict(zip(heads, said, strict=True))
        return [self._places(head, value, splits[head]) for head, value in asked]

    def _places(self, head: str, value: str | None, split: Split) -> TagPlaces:
        calibration = self._beside.calibration.of_head(head)
        row, tag = tag_of(split.logits, self._beside.labels[head], calibration, value)
        score, placeless = float(split.scores[row]), float(split.placeless[row])
        return TagPlaces(head, tag, split.parts[row], "exact", score, placeless)

    @cached_property
    def _tag_graph(self) -> TagGraph | None:
        """Opened when it is asked for: few are."""
        given = self._row.input
        noise = np.random.default_rng(0).integers(0, 256, (1, given.height_px, given.width_px, 3))
        outputs = [self._row.output.tag_prefix + head for head in self.heads]
        feed = self._feed(noise.astype(np.uint8))
        return open_tag_graph(self._row.name, self._path, self._threads, outputs, feed)

    def _head_tags(self, head: str, logits: NDArray[np.float32]) -> list[Tag]:
        values = self._beside.labels[head]
        if logits.shape[1:] != (len(values),):
            raise ConfigurationError(
                f"encoder {self._row.name!r}: head {head!r} has {len(values)} labels, "
                f"but its output has the shape {logits.shape}"
            )
        return tags_of(logits, values, self._beside.calibration.of_head(head))

    def _run(self, pixels: Pixels, outputs: list[str]) -> list[NDArray[np.float32]]:
        given = self._row.input
        check_pixels(pixels, given.height_px, given.width_px)
        size = given.batch or _BATCH
        # no photos still need one run: only the graph knows the shapes of its outputs
        blank = np.zeros((1, given.height_px, given.width_px, 3), np.uint8)
        parts = [pixels[start : start + size] for start in range(0, len(pixels), size)] or [blank]
        runs = [self._graph.run(outputs, self._feed(part)) for part in parts]
        return [np.concatenate(found)[: len(pixels)] for found in zip(*runs, strict=True)]

    def _feed(self, pixels: Pixels) -> dict[str, NDArray[np.generic]]:
        feed: dict[str, NDArray[np.generic]] = {self._input: _as_input(pixels, self._row)}
        for name, numbers in self._row.input.constants.items():
            feed[name] = np.array(numbers, np.int64)
        return feed

    def _features(self, given: NDArray[np.float32]) -> NDArray[np.float32]:
        name, output = self._row.name, self._row.output
        try:
            vectors = pool(given, output.pooling, output.gem_p)
        except ShapeError as error:
            raise ConfigurationError(f"encoder {name!r}: {error}") from error
        if vectors.shape[1] != self._row.dim:
            raise ConfigurationError(
                f"encoder {name!r} gives vectors of {vectors.shape[1]} numbers; "
                f"its row says dim {self._row.dim}"
            )
        if not np.isfinite(vectors).all():
            raise ConfigurationError(
                f"encoder {name!r} gives numbers that are not finite; "
                "check mean, std and dtype in its row"
            )
        return vectors

    def _try(self) -> tuple[int, int] | None:
        """Try everything once, so that a wrong row fails here and not in an import.

        Returns:
            The grid of the cells.
        """
        blank = np.zeros((1, self._row.input.height_px, self._row.input.width_px, 3), np.uint8)
        self.embed_and_tag(blank)
        if self._beside.text is not None:
            self._beside.text.embed_text([""])
        if self._cells is None:
            return None
        _, _, rows, columns = self.embed_cells(blank).shape
        return rows, columns


def _placed(features: NDArray[np.float32]) -> Vectors:
    """Length 1; a photo in which the model sees nothing at all still needs a place."""
    return unit(np.where(features.any(axis=1, keepdims=True), features, np.float32(1)))


def _load(row: ModelRow, found: Callable[[ModelFile], Path], settings: Settings) -> OnnxEncoder:
    files, path = row.files, found(row.files.image)
    data = _external_data(row, path, found)
    beside = Beside(
        read_labels(found(files.labels) if files.labels else None),
        read_calibration(found(files.calibration) if files.calibration else None),
        _text_tower(row, found, settings),
    )
    return OnnxEncoder(row, path, settings.threads, _digest([path, *data]), beside)


def _text_tower(
    row: ModelRow, found: Callable[[ModelFile], Path], settings: Settings
) -> TextTower | None:
    files = row.files
    if files.text is None or files.tokenizer is None:
        return None
    graph, tokenizer = found(files.text), read_tokenizer(found(files.tokenizer))
    _external_data(row, graph, found)
    return TextTower(row, graph, tokenizer, settings.threads)


def _external_data(row: ModelRow, graph: Path, found: Callable[[ModelFile], Path]) -> list[Path]:
    """The files that the graph reads; each must stand in its row, where it can have a hash."""
    listed = [found(file) for file in row.files.data]
    for name in external_files(graph):
        if graph.parent / name not in listed:
            raise ConfigurationError(
                f"encoder {row.name!r} keeps weights in {name!r}, "
                "which its row does not list under files.data"
            )
    return listed


def _cells_name(row: ModelRow, graph: Graph, vector: str) -> str | None:
    if row.output.cells:
        return graph.output_name([row.output.cells])
    is_map = row.output.pooling == "avg" and graph.outputs[vector] == 4
    return vector if is_map else None


def _as_input(pixels: Pixels, row: ModelRow) -> NDArray[np.generic]:
    given = row.input
    ordered = pixels.transpose(0, 3, 1, 2) if given.layout == "nchw" else pixels
    if given.dtype == "uint8":
        return np.ascontiguousarray(ordered)
    numbers = np.empty(ordered.shape, np.float32)
    np.divide(ordered, np.float32(255), out=numbers)
    shape = (1, 3, 1, 1) if given.layout == "nchw" else (1, 1, 1, 3)
    if any(given.mean):
        numbers -= np.array(given.mean, np.float32).reshape(shape)
    if given.std != (1.0, 1.0, 1.0):
        numbers /= np.array(given.std, np.float32).reshape(shape)
    return numbers


def _digest(paths: list[Path]) -> str:
    hashes = [sha256_of(path) for path in paths]
    return hashes[0] if len(hashes) == 1 else sha256("\n".join(hashes).encode()).hexdigest()
