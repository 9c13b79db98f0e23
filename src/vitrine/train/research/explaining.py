"""What a network of a training run looks at: Grad-CAM, and the regions of the two-branch network.

Grad-CAM (Selvaraju et al., ICCV 2017) weighs the channels of the last map by the mean gradient of
what is asked about, and keeps what is positive. Asked about is a logit, here less the mean logit of
its head, which no confidence depends on. It is a guess, not a sum; for a linear layer on the mean
of the map it is the positive part of the exact map. For vectors, the cosine with the other vector
takes the place of a tag's score (Chen et al., WACV 2020).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from vitrine.encoders import Encoder, Method, TagPlaces, as_tagger, load_encoder
from vitrine.encoders.calibration import HeadCalibration
from vitrine.encoders.tag_heads import tag_of
from vitrine.errors import NotFoundError, UsageError
from vitrine.settings import Settings, read_settings
from vitrine.train.research.classifier import Classifier
from vitrine.train.research.run_networks import LABEL, RunNetwork, read_run
from vitrine.train.research.two_branch import TwoBranch, attention_maps

if TYPE_CHECKING:
    from PIL import Image

    from vitrine.types import EncoderIdentity, Pixels, Tags, Vectors

_N_LABELS = 3
"""Of the two-branch network, which knows no attributes: so many of its surest labels."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a network says of one photo, with the last map still known."""

    last: Tensor
    """(1, channels, rows, columns) or, of a vision transformer, (1, tokens, channels)."""
    logits: Mapping[str, Tensor]
    """(values,) by head."""
    features: Tensor
    """(dim,)"""


class RunEncoder:
    """The encoder of a run, with the network behind it to ask for gradients.

    Args:
        encoder: the exported model, whose vectors and tags these are.
        run: the network as it was trained.
    """

    similarity_method: Method = "Grad-CAM"
    explains_tags: bool

    def __init__(self, encoder: Encoder, run: RunNetwork) -> None:
        self._encoder, self._run = encoder, run
        self.explains_tags = bool(run.values)

    @property
    def identity(self) -> EncoderIdentity:
        """That of the exported model."""
        return self._encoder.identity

    @property
    def heads(self) -> Mapping[str, Sequence[str]]:
        """As the network has them; a two-branch network has one, `label`."""
        return self._run.values

    def prepare(self, image: Image.Image) -> Pixels:
        """As the exported model does."""
        return self._encoder.prepare(image)

    def embed(self, pixels: Pixels) -> Vectors:
        """As the exported model does."""
        return self._encoder.embed(pixels)

    def embed_and_tag(self, pixels: Pixels) -> tuple[Vectors, list[Tags]]:
        """As the exported model does; without tags where it has none."""
        tagger = as_tagger(self._encoder)
        if tagger is None:
            return self.embed(pixels), [{} for _ in pixels]
        return tagger.embed_and_tag(pixels)

    def frame(self, width: int, height: int) -> tuple[float, float, float, float]:
        """As the exported model has it."""
        return cast(Any, self._encoder).frame(width, height)

    def guess_similarity(self, pixels: Pixels, other: NDArray[np.floating]) -> NDArray[np.float32]:
        """Grad-CAM of the cosine with a vector."""
        seen = self._see(pixels)
        wanted = torch.from_numpy(np.asarray(other, np.float32))
        cosine = functional.cosine_similarity(seen.features, wanted, dim=0)
        return grad_cam(cosine, seen.last, self._side_px, self._run.n_prefix)

    def explain_tags(
        self, pixels: Pixels, asked: Sequence[tuple[str, str | None]] = ()
    ) -> list[TagPlaces]:
        """Grad-CAM of logits; of a two-branch network, where it looks step by step comes first."""
        seen = self._see(pixels)
        looks = [] if asked else self._looks(seen)
        asked = asked or self._surest(seen)
        return [*looks, *(self._tag(seen, head, value) for head, value in asked)]

    @property
    def _side_px(self) -> tuple[int, int]:
        return self._run.side_px

    def _surest(self, seen: _Seen) -> list[tuple[str, str | None]]:
        if not isinstance(self._run.network, TwoBranch):
            return [(head, None) for head in self.heads]
        names, scores = self.heads[LABEL], seen.logits[LABEL]
        best = scores.topk(min(_N_LABELS, len(names))).indices.tolist()
        return [(LABEL, names[int(row)]) for row in best]

    def _tag(self, seen: _Seen, head: str, value: str | None) -> TagPlaces:
        logits = seen.logits[head]
        said = logits.detach().numpy()
        row, tag = tag_of(said, self.heads[head], HeadCalibration(), value)
        score = logits[row] - logits.mean()
        parts = grad_cam(score, seen.last, self._side_px, self._run.n_prefix)
        return TagPlaces(head, tag, parts, "Grad-CAM", float(score.detach()))

    def _looks(self, seen: _Seen) -> list[TagPlaces]:
        """Of a two-branch network: each region in its order, with the label that it votes for."""
        network = self._run.network
        if not isinstance(network, TwoBranch) or network.attention is None:
            return []
        with torch.no_grad():
            votes, _, regions = network.attention(seen.last.float())[:3]
        rows, columns = seen.last.shape[2:]
        maps = attention_maps(regions, rows, columns)[0].numpy()
        return [
            self._look(f"look {step}", vote.numpy(), map_, region.tolist())
            for step, (vote, map_, region) in enumerate(
                zip(votes[0], maps, regions[0], strict=True), 1
            )
        ]

    def _look(
        self, name: str, vote: NDArray[np.float32], map_: NDArray[np.float32], region: list[float]
    ) -> TagPlaces:
        row, tag = tag_of(vote, self.heads[LABEL], HeadCalibration())
        sx, sy, tx, ty = region
        sides = (tx - abs(sx), ty - abs(sy), tx + abs(sx), ty + abs(sy))
        left, top, right, bottom = ((side + 1) / 2 for side in sides)
        box = (left, top, right, bottom)
        score = float(vote[row] - vote.mean())
        return TagPlaces(name, tag, map_, "attention", score, region=box)

    def _see(self, pixels: Pixels) -> _Seen:
        shown = torch.from_numpy(np.ascontiguousarray(pixels[:1].transpose(0, 3, 1, 2)))
        network = self._run.network
        with torch.enable_grad():
            last, said = watched(self._run.body, network, _ask(network), shown.float() / 255)
        logits, features = said
        return _Seen(last, {head: each[0] for head, each in logits.items()}, features[0])


def load_run(folder: str | Path, settings: Settings | None = None) -> Encoder:
    """The encoder of a training run that explains what it sees.

    Args:
        folder: of a run of `vitrine train tagger`, `last-layer`, `two-branch` or `retrieval`. A
            map after the default encoder needs no gradients: its maps are exact, and the exported
            model itself is given.
        settings: None reads VITRINE_* and vitrine.toml.

    Raises:
        NotFoundError: there is no run, or it wrote no model.
        DataError: its settings or weights cannot be read, or are of another network.
        MissingExtraError: the backbone needs timm.
    """
    settings = settings or read_settings()
    folder = Path(folder)
    if not (folder / "model" / "model.json").is_file():
        raise NotFoundError(f"{folder} holds no finished run: there is no {folder / 'model'}")
    encoder = load_encoder(str(folder / "model"), settings)
    run = read_run(folder, as_tagger(encoder), settings)
    return encoder if run is None else RunEncoder(encoder, run)


def grad_cam(
    score: Tensor, last: Tensor, side_px: tuple[int, int], n_prefix: int = 0
) -> NDArray[np.float32]:
    """What in a map speaks for a score.

    Args:
        score: a number that depends on `last`.
        last: (1, channels, rows, columns), or (1, tokens, channels) of a vision transformer.
        side_px: height and width of the photo, whose shape tokens are laid out in.
        n_prefix: tokens that are no place.

    Returns:
        (rows, columns), 0 or more.
    """
    [slope] = torch.autograd.grad(score, last, retain_graph=True)
    places, slopes = (_laid_out(each.detach().float(), side_px, n_prefix) for each in (last, slope))
    weights = slopes.mean((2, 3), keepdim=True)
    return (weights * places).sum(1)[0].clamp_min(0).numpy()


def _laid_out(tokens: Tensor, side_px: tuple[int, int], n_prefix: int) -> Tensor:
    """Tokens as a map; a map stays what it is."""
    if tokens.dim() == 4:
        return tokens
    tokens = tokens[:, n_prefix:]
    n = tokens.shape[1]
    rows = max(1, round((n * side_px[0] / side_px[1]) ** 0.5))
    if n % rows:
        raise UsageError(f"{n} tokens cannot be laid out over {side_px[0]} x {side_px[1]} px")
    return tokens.transpose(1, 2).reshape(1, -1, rows, n // rows)


def watched(
    body: nn.Module, network: nn.Module, ask: Callable[[Any, Tensor], Any], pixels: Tensor
) -> tuple[Tensor, Any]:
    """Ask a network, and keep what a part of it gave, ready for gradients.

    Args:
        body: the part.
        network: the whole, whose weights need no gradients.
        ask: asks it about pixels.
        pixels: (1, 3, height, width) in 0..1.
    """
    kept: list[Tensor] = []

    def keep(_module: nn.Module, _given: Any, made: Tensor) -> Tensor:
        kept.append(made.detach().requires_grad_())
        return kept[-1]

    hook = body.register_forward_hook(keep)
    try:
        said = ask(network, pixels)
    finally:
        hook.remove()
    return kept[-1], said


def _ask(network: nn.Module) -> Callable[[Any, Tensor], tuple[Mapping[str, Tensor], Tensor]]:
    if isinstance(network, Classifier):
        return _ask_classifier
    return _ask_two_branch if isinstance(network, TwoBranch) else _ask_plain


def _ask_classifier(network: Classifier, pixels: Tensor) -> tuple[Mapping[str, Tensor], Tensor]:
    features = network.features(pixels)
    return {head: layer(features) for head, layer in network.heads.items()}, features


def _ask_two_branch(network: TwoBranch, pixels: Tensor) -> tuple[Mapping[str, Tensor], Tensor]:
    looks = network(pixels)
    return {LABEL: looks.scores}, looks.features


def _ask_plain(network: nn.Module, pixels: Tensor) -> tuple[Mapping[str, Tensor], Tensor]:
    return {}, network(pixels)
