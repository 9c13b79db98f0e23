"""Any model of the table, or of a local folder, run by ONNX Runtime on the CPU."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vitrine.encoders.external_data import external_files
from vitrine.encoders.model_row import ModelFile, ModelRow, read_model_row
from vitrine.encoders.pixels import check_pixels, fit_pixels
from vitrine.encoders.pooling import pool
from vitrine.encoders.tag_heads import HeadCalibration, read_calibration, read_labels, tags_of
from vitrine.errors import ConfigurationError, DataError, ShapeError
from vitrine.fetch import check_sha256, fetch_model_file, sha256_of
from vitrine.types import EncoderIdentity
from vitrine.vectors import unit

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession
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

    def found(file: ModelFile) -> Path:
        return fetch_model_file(
            row.repo,
            file.path,
            revision=row.revision,
            sha256=file.sha256,
            models_dir=settings.models_dir,
            offline=settings.offline,
            on_progress=on_progress,
        )

    return _load(row, found, settings)


def load_model_folder(folder: Path, settings: Settings) -> OnnxEncoder:
    """Load a model from a folder with a model.json; nothing is downloaded.

    Raises:
        ConfigurationError: a file is missing or damaged, or the model is not what its row says.
    """

    def found(file: ModelFile) -> Path:
        path = folder / file.path
        if not path.is_file():
            raise ConfigurationError(f"the encoder folder {folder} has no file {file.path!r}")
        if file.sha256 is not None:
            try:
                check_sha256(path, file.sha256)
            except DataError as error:
                raise ConfigurationError(str(error)) from error
        return path

    return _load(read_model_row(folder), found, settings)


class OnnxEncoder:
    """One model in one ONNX Runtime session; `heads` is empty where it has no tags."""

    def __init__(self, row: ModelRow, session: InferenceSession, digest: str, heads: Heads) -> None:
        self._row = row
        self._session = session
        self._heads = heads
        self._input, self._vector = _input_name(row, session), _vector_name(row, session)
        self._identity = EncoderIdentity(row.name, digest, row.dim, row.preprocessing)

    @property
    def identity(self) -> EncoderIdentity:
        """Its hash is that of the graph's file, or of the list of hashes if it has several."""
        return self._identity

    @property
    def heads(self) -> Mapping[str, Sequence[str]]:
        """As labels.json has them."""
        return self._heads.values

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

    def embed(self, pixels: Pixels) -> Vectors:
        """Run the graph for its vector alone."""
        [vectors] = self._run(pixels, [self._vector])
        return self._unit(vectors)

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
        return self._unit(vectors), tags

    def _head_tags(self, head: str, logits: NDArray[np.float32]) -> list[Tag]:
        values = self._heads.values[head]
        if logits.shape[1:] != (len(values),):
            raise ConfigurationError(
                f"encoder {self._row.name!r}: head {head!r} has {len(values)} labels, "
                f"but its output has the shape {logits.shape}"
            )
        return tags_of(logits, values, self._heads.calibration_of(head))

    def _run(self, pixels: Pixels, outputs: list[str]) -> list[NDArray[np.float32]]:
        given = self._row.input
        check_pixels(pixels, given.height_px, given.width_px)
        size = given.batch or _BATCH
        # no photos still need one run: only the graph knows the shapes of its outputs
        blank = np.zeros((1, given.height_px, given.width_px, 3), np.uint8)
        parts = [pixels[start : start + size] for start in range(0, len(pixels), size)] or [blank]
        runs = [self._run_batch(part, outputs) for part in parts]
        return [np.concatenate(found)[: len(pixels)] for found in zip(*runs, strict=True)]

    def _run_batch(self, pixels: Pixels, outputs: list[str]) -> list[NDArray[np.float32]]:
        feed: dict[str, NDArray[np.generic]] = {self._input: _as_input(pixels, self._row)}
        for name, numbers in self._row.input.constants.items():
            feed[name] = np.array(numbers, np.int64)
        try:
            found = self._session.run(outputs, feed)
        except Exception as error:  # ONNX Runtime's errors share no base class
            raise ConfigurationError(
                f"encoder {self._row.name!r} cannot be run: {_first_line(error)}"
            ) from error
        return [np.asarray(array, np.float32) for array in found]

    def _unit(self, features: NDArray[np.float32]) -> Vectors:
        name, output = self._row.name, self._row.output
        try:
            vectors = pool(features, output.pooling, output.gem_p)
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
        # a photo in which the model sees nothing at all still needs a place of length 1
        return unit(np.where(vectors.any(axis=1, keepdims=True), vectors, np.float32(1)))


@dataclass(frozen=True, slots=True)
class Heads:
    """The tag heads of a model."""

    values: Mapping[str, tuple[str, ...]]
    calibration: Mapping[str, HeadCalibration]

    def calibration_of(self, head: str) -> HeadCalibration:
        """Plain softmax where none was measured."""
        return self.calibration.get(head, HeadCalibration())


def _load(row: ModelRow, found: Callable[[ModelFile], Path], settings: Settings) -> OnnxEncoder:
    files, graph = row.files, found(row.files.image)
    data = _external_data(row, graph, found)
    heads = Heads(
        read_labels(found(files.labels) if files.labels else None),
        read_calibration(found(files.calibration) if files.calibration else None),
    )
    encoder = OnnxEncoder(row, _open_session(row, graph, settings), _digest([graph, *data]), heads)
    _try(row, encoder)
    return encoder


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


def _open_session(row: ModelRow, graph: Path, settings: Settings) -> InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = settings.threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # waiting threads that spin would take the cores from the threads that decode
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's errors share no base class
        raise ConfigurationError(
            f"encoder {row.name!r}: {graph} cannot be loaded: {_first_line(error)}"
        ) from error


def _try(row: ModelRow, encoder: OnnxEncoder) -> None:
    """Try the model on one black photo, so that a wrong row fails here and not in an import."""
    blank = np.zeros((1, row.input.height_px, row.input.width_px, 3), np.uint8)
    encoder.embed_and_tag(blank)


def _input_name(row: ModelRow, session: InferenceSession) -> str:
    inputs = {given.name: given for given in session.get_inputs()}
    name = row.input.name or next(iter(inputs))
    if name not in inputs:
        raise ConfigurationError(
            f"encoder {row.name!r} has no input {name!r}; it has {', '.join(inputs)}"
        )
    return name


def _vector_name(row: ModelRow, session: InferenceSession) -> str:
    outputs = [given.name for given in session.get_outputs()]
    wanted = row.output.names or outputs[:1]
    for name in wanted:
        if name in outputs:
            return name
    raise ConfigurationError(
        f"encoder {row.name!r} has no output {' or '.join(map(repr, wanted))}; "
        f"it has {', '.join(outputs)}"
    )


def _as_input(pixels: Pixels, row: ModelRow) -> NDArray[np.generic]:
    given = row.input
    ordered = pixels.transpose(0, 3, 1, 2) if given.layout == "nchw" else pixels
    if given.dtype == "uint8":
        return np.ascontiguousarray(ordered)
    shape = (1, 3, 1, 1) if given.layout == "nchw" else (1, 1, 1, 3)
    mean, std = (np.array(x, np.float32).reshape(shape) for x in (given.mean, given.std))
    return np.ascontiguousarray((ordered.astype(np.float32) / 255 - mean) / std)


def _digest(paths: list[Path]) -> str:
    hashes = [sha256_of(path) for path in paths]
    return hashes[0] if len(hashes) == 1 else sha256("\n".join(hashes).encode()).hexdigest()


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
