"""Who takes part: encoders by name or folder, and the baselines they are measured against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from vitrine.encoders import (
    ENCODERS,
    as_tagger,
    as_text_encoder,
    encoder_folder,
    load_encoder,
)
from vitrine.encoders.onnx import OnnxEncoder
from vitrine.errors import ConfigurationError, UsageError, unknown
from vitrine.evaluate.mobilenet import MOBILENET, MobileNetEncoder, find_mobilenet
from vitrine.evaluate.random_vectors import RANDOM, RandomEncoder
from vitrine.evaluate.seen import Memory, OnPhoto, Seen
from vitrine.evaluate.unscaled import Unscaled

if TYPE_CHECKING:
    from vitrine.encoders import Encoder, Tagger, TextEncoder
    from vitrine.settings import Settings

DISTANCES = ("cosine", "euclidean")
BASELINES = (RANDOM, "colour", MOBILENET)
"""Those that are encoders; `majority` is no encoder but a row of the tables."""


class Contestant:
    """An encoder, what it is called in tables, and what it has seen so far."""

    def __init__(
        self,
        name: str,
        load: Callable[[Settings], Encoder],
        settings: Settings,
        *,
        is_baseline: bool = False,
        memory: Path | None = None,
        files: Path | None = None,
        loaded_as: str | None = None,
    ) -> None:
        """Load the encoder.

        Args:
            name: in tables.
            load: gives the encoder under any settings.
            settings: the run's.
            is_baseline: only there to compare with.
            memory: folder in which vectors are kept from run to run.
            files: the model's folder; a change of its labels or calibration forgets old tags.
            loaded_as: the name or folder by which `load_encoder` finds it; None for what only
                measuring knows.
        """
        self.name = name
        self.is_baseline = is_baseline
        self.encoder = load(settings)
        self.settings, self.loaded_as = settings, loaded_as
        self._load = load
        self._memory = Memory(self.encoder, memory and memory / self._file_name(files))

    @property
    def tagger(self) -> Tagger | None:
        """The encoder, if it has tags."""
        return as_tagger(self.encoder)

    @property
    def text_encoder(self) -> TextEncoder | None:
        """The encoder, if it understands words."""
        return as_text_encoder(self.encoder)

    def see(self, photos: Sequence[str], on_photo: OnPhoto | None = None) -> Seen:
        """Vectors and tags of photos."""
        return self._memory.see(photos, threads=self.settings.threads, on_photo=on_photo)

    def on_one_thread(self) -> Encoder:
        """The same encoder on one core, for the clock."""
        return self._load(self.settings.model_copy(update={"threads": 1}))

    def _file_name(self, files: Path | None) -> str:
        identity = self.encoder.identity
        digest = sha256(f"{identity.sha256} {identity.preprocessing}".encode())
        for path in sorted(files.glob("*.json")) if files is not None else ():
            digest.update(path.read_bytes())
        return f"{identity.name}-{digest.hexdigest()[:16]}.npz"


def open_contestants(
    names: Sequence[str],
    settings: Settings,
    *,
    baselines: bool = True,
    weights: Path | None = None,
    beside: Sequence[Path] = (),
    memory: Path | None = None,
    distance: str = DISTANCES[0],
) -> list[Contestant]:
    """Load encoders, and the baselines behind them.

    Args:
        names: of the table, folders with a model.json, `random` or `mobilenet-v2-imagenet`.
        settings: where models are kept, threads.
        baselines: add `random`, `colour` and, where its weights and ai-edge-litert are there,
            `mobilenet-v2-imagenet`.
        weights: TFLite file of MobileNetV2.
        beside: sources beside which `weights/` may lie.
        memory: folder in which vectors are kept from run to run.
        distance: `cosine`, or `euclidean` between features as a model gives them. Models whose
            graphs scale them rank alike by both; tags and words are then not asked for.

    Raises:
        UsageError: no name, an unknown one, or two that would be called the same.
        ConfigurationError: an encoder cannot be loaded.
    """
    if distance not in DISTANCES:
        raise UsageError(unknown("distance", distance, DISTANCES))
    if not names:
        raise UsageError("name at least one encoder, such as --encoder default")
    file = weights or find_mobilenet(*beside)
    added = [name for name in BASELINES if baselines and name not in names]
    if weights is None and (file is None or find_spec("ai_edge_litert") is None):
        added = [name for name in added if name != MOBILENET]
    called = _all_called([*names, *added])
    if twice := {name for name in called if called.count(name) > 1}:
        raise UsageError(
            f"two encoders would both be called {', '.join(sorted(twice))} in the tables; "
            "name each once"
        )
    return [
        _open(
            *(name, title, settings, file, memory),
            is_baseline=name == RANDOM or name in added,
            unscaled=distance != DISTANCES[0],
        )
        for name, title in zip([*names, *added], called, strict=True)
    ]


def _open(
    name: str,
    title: str,
    settings: Settings,
    weights: Path | None,
    memory: Path | None,
    *,
    is_baseline: bool,
    unscaled: bool,
) -> Contestant:
    def load(settings: Settings) -> Encoder:
        found = scaled(settings)
        return Unscaled(found) if unscaled and isinstance(found, OnnxEncoder) else found

    def scaled(settings: Settings) -> Encoder:
        if name == RANDOM:
            return RandomEncoder()
        if name != MOBILENET:
            return load_encoder(name, settings)
        if weights is None:
            raise ConfigurationError(
                f"the weights of {MOBILENET} are not here; give a TFLite file with --weights"
            )
        return MobileNetEncoder(weights)

    return Contestant(
        title,
        load,
        settings,
        is_baseline=is_baseline,
        memory=memory,
        files=_files(name, settings),
        loaded_as=None if name in (RANDOM, MOBILENET) else name,
    )


def _all_called(names: Sequence[str]) -> list[str]:
    """Folders of one name, as every run's `model`, go by the folder above as well."""
    own = [_called(name) for name in names]
    return [
        f"{Path(name).resolve().parent.name}/{title}"
        if own.count(title) > 1 and name not in (RANDOM, MOBILENET, *ENCODERS)
        else title
        for name, title in zip(names, own, strict=True)
    ]


def _called(name: str) -> str:
    """A folder goes by its own name, `.` and `..` included."""
    return name if name in (RANDOM, MOBILENET, *ENCODERS) else Path(name).resolve().name or name


def _files(name: str, settings: Settings) -> Path | None:
    if name in (RANDOM, MOBILENET):
        return None
    return encoder_folder(ENCODERS[name], settings) if name in ENCODERS else Path(name)
