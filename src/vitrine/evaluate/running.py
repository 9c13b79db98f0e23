"""Every contestant through every protocol, on the same photos."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from vitrine.errors import DataError, UsageError
from vitrine.evaluate.protocols import Protocol, protocols_for
from vitrine.evaluate.results import Evaluation, Result
from vitrine.evaluate.tag_results import TAGS, reliability_of
from vitrine.evaluate.unscaled import Unscaled

if TYPE_CHECKING:
    from vitrine.evaluate.contestants import Contestant
    from vitrine.evaluate.examples import Examples

OnProgress: TypeAlias = Callable[[str, int, int], None]
"""Called with (contestant, photos done, photos in all) while photos are embedded."""


def evaluate(
    examples: Examples,
    contestants: Sequence[Contestant],
    protocols: Sequence[str] = (),
    *,
    folder: Path | None = None,
    on_progress: OnProgress | None = None,
) -> Evaluation:
    """Measure encoders side by side.

    Photos that any contestant cannot read are left out for all of them, so that every figure of
    a line is about the same photos. Files with the same content count as near-duplicates.

    Args:
        examples: what is measured on.
        contestants: encoders and baselines, from `open_contestants`.
        protocols: names; nothing means everything that the source allows, but the clock and
            what builds shops.
        folder: where simulated photos are kept from run to run; None throws them away.
        on_progress: told about the embedding.

    Raises:
        UsageError: an unknown protocol, or one that the source does not allow.
        DataError: no photo can be read.
    """
    chosen = protocols_for(examples, protocols)
    _check_distances(contestants, chosen)
    needed = np.any([protocol.looks_at(examples) for protocol in chosen], axis=0)
    readable = _readable(examples.only(needed), contestants, on_progress)
    if folder is None:
        with TemporaryDirectory() as temporary:
            results = _results(readable, contestants, chosen, Path(temporary))
    else:
        results = _results(readable, contestants, chosen, folder)
    bins = {}
    if any(protocol.name == TAGS for protocol in chosen):
        bins = {c.name: reliability_of(c, readable) for c in contestants if c.tagger is not None}
    names = [c.name for c in contestants]
    baselines = [c.name for c in contestants if c.is_baseline]
    rows = dict.fromkeys(result.contestant for result in results)
    baselines += [name for name in rows if name not in names]
    return Evaluation(
        readable.name, readable.part, len(readable), names, baselines, results, bins, readable.notes
    )


def _check_distances(contestants: Sequence[Contestant], chosen: Sequence[Protocol]) -> None:
    shops = [protocol.name for protocol in chosen if protocol.builds_shop]
    if shops and any(isinstance(contestant.encoder, Unscaled) for contestant in contestants):
        raise UsageError(f"{shops[0]} asks a real shop, which ranks by cosine: no --distance here")


def _results(
    examples: Examples, contestants: Sequence[Contestant], chosen: Sequence[Protocol], folder: Path
) -> list[Result]:
    results: list[Result] = []
    for protocol in chosen:
        for contestant in contestants:
            results += protocol.measure(contestant, examples, folder / "shopper-photos")
        results += protocol.baseline(examples)
    return results


def _readable(
    examples: Examples, contestants: Sequence[Contestant], on_progress: OnProgress | None
) -> Examples:
    photos = examples.photos.tolist()
    good = np.ones(len(examples), np.bool_)
    hashes = np.full(len(examples), "", np.str_)
    for contestant in contestants:

        def on_photo(done: int, total: int, name: str = contestant.name) -> None:
            if on_progress is not None:
                on_progress(name, done, total)

        seen = contestant.see(photos, on_photo)
        good &= seen.readable
        hashes = seen.sha256
    if not good.any():
        raise DataError(f"none of the {len(examples):,} photos of {examples.name} can be read")
    kept = examples.only(good)
    notes = kept.notes
    if n_bad := int((~good).sum()):
        notes = (*notes, f"{n_bad:,} photos could not be read and were left out for everybody")
    groups = kept.groups if kept.has_groups else _joined_copies(kept.groups, hashes[good])
    return replace(kept, groups=groups, notes=notes)


def _joined_copies(
    groups: np.ndarray[tuple[int], np.dtype[np.str_]],
    hashes: np.ndarray[tuple[int], np.dtype[np.str_]],
) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    """Groups that hold the same file become one, named after the first of them."""
    parent = {str(group): str(group) for group in groups}

    def root(group: str) -> str:
        while parent[group] != group:
            parent[group] = parent[parent[group]]
            group = parent[group]
        return group

    first: dict[str, str] = {}
    for group, sha256 in zip(groups.tolist(), hashes.tolist(), strict=True):
        parent[root(group)] = root(first.setdefault(sha256, group))
    return np.array([root(group) for group in groups.tolist()], np.str_)
