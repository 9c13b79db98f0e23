"""Styles that were not there before: strange products that come to look like each other.

What is stranger than nearly everything that styles were made of waits (`novelty`). Those that wait
are put together as a wardrobe is: average linkage, up to the distance at which two products are as
likely of one style as of two. A group is proposed as a style once it has enough members that differ
and keeps apart from all styles no worse than the loosest quarter of the other products does.
`docs/styles.md` has what that finds, and how late.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import NotFoundError, unknown
from vitrine.styles.board import Looks, StyleBoard, different
from vitrine.styles.membership import assign
from vitrine.styles.model import Style, StyleModel
from vitrine.styles.naming import style_names
from vitrine.styles.separation import cosine_silhouettes, group_sums, likely_distance
from vitrine.styles.wardrobe import groups_within
from vitrine.vectors import unit

if TYPE_CHECKING:
    from vitrine.types import Json, Rows, Vectors

LEAST_MEMBERS = 8
"""Products that differ, which a proposal needs; copies of one photo count once."""
MOST_WAITING = 3_000
"""Products that are looked through for proposals: those that came last."""
_N_EXEMPLARS = 8


@dataclass(frozen=True, slots=True)
class Proposal:
    """A style that a person may accept, dismiss, or merge with one that is there."""

    proposal_id: str
    """Stays while products join it."""
    name: str
    product_ids: tuple[str, ...]
    exemplars: tuple[str, ...]
    """Product ids, the nearest to the middle first, no two nearly the same photo."""
    silhouette: float
    """-1..1, the mean of its members among the shop's styles."""
    nearest: Style
    cosine: float
    """Of its middle with that of the nearest style."""
    centre: Vectors
    """(dim,) unit vector."""

    def to_json(self) -> Json:
        """The shape that the command line and the HTTP API print."""
        return {
            "proposal_id": self.proposal_id,
            "name": self.name,
            "size": len(self.product_ids),
            "exemplars": list(self.exemplars),
            "silhouette": round(self.silhouette, 4),
            "nearest": {
                "style_id": self.nearest.style_id,
                "name": self.nearest.name,
                "cosine": round(self.cosine, 4),
            },
        }


@dataclass(frozen=True, slots=True)
class Newcomers:
    """Products that are new to all styles, and what they may come to be."""

    waiting: tuple[str, ...]
    """Product ids, those that wait longest first."""
    proposals: tuple[Proposal, ...]
    """The largest first."""

    def to_json(self) -> Json:
        """The shape that the command line and the HTTP API print."""
        return {
            "waiting": len(self.waiting),
            "proposals": [each.to_json() for each in self.proposals],
        }

    def proposal(self, proposal_id: str) -> Proposal:
        """One of them.

        Raises:
            NotFoundError: there is no such proposal, or not any more.
        """
        found = {each.proposal_id: each for each in self.proposals}
        if proposal_id not in found:
            raise NotFoundError(unknown("proposal", proposal_id, found))
        return found[proposal_id]


def newcomers_of(board: StyleBoard) -> Newcomers:
    """Who waits, and which of them look like each other more than like any style."""
    waiting = waiting_rows(board.model, board.looks)
    ids = board.looks.product_ids
    groups = list(_coherent(board, waiting[-MOST_WAITING:]))
    names = _names(board, [rows for rows, _ in groups])
    found = [
        _proposal(board, name, rows, silhouette)
        for name, (rows, silhouette) in zip(names, groups, strict=True)
    ]
    found.sort(key=lambda each: (-len(each.product_ids), each.proposal_id))
    return Newcomers(tuple(ids[row] for row in waiting.tolist()), tuple(found))


def accepted(model: StyleModel, proposal: Proposal, name: str | None = None) -> StyleModel:
    """Make a proposal a style; later fits keep it as they keep what people named.

    Raises:
        UsageError: the name is empty, too long, or another style's.
    """
    style = Style(f"s{model.next_number:02}", proposal.name, by_hand=True)
    grown = replace(model.grown(proposal.centre, style), next_number=model.next_number + 1)
    named = grown.named(style.style_id, proposal.name if name is None else name)
    return named.having_settled(proposal.product_ids)


def taken_in(model: StyleModel, proposal: Proposal, style_id: str) -> StyleModel:
    """Make a proposal a part of a style that is there.

    Raises:
        NotFoundError: there is no such style.
    """
    style = model.styles[model.position(style_id)]
    return model.grown(proposal.centre, style).having_settled(proposal.product_ids)


def without_news(model: StyleModel, looks: Looks, before: StyleModel | None) -> StyleModel:
    """Say of a model that was just fitted which of its products are strange and no news.

    What people decided about stays decided; what waited under the styles before goes on waiting,
    and so does what came since the shop moved away from their vectors.

    Args:
        model: over `looks`.
        looks: a shop's products.
        before: styles over the same vectors, or with what they held, if there were any.
    """
    strange = _ids(looks, np.flatnonzero(assign(model, looks.vectors).novel))
    if before is not None:
        strange -= _news(before, looks)
        strange |= set(before.settled).intersection(looks.product_ids)
    return replace(model, settled=tuple(sorted(strange)))


def waiting_rows(model: StyleModel, looks: Looks) -> Rows:
    """Rows of looks that are new to all styles and about which nobody decided."""
    rows = np.flatnonzero(assign(model, looks.vectors).novel)
    settled = set(model.settled)
    news = [row for row in rows.tolist() if looks.product_ids[row] not in settled]
    return np.array(news, dtype=np.int64)


def _news(before: StyleModel, looks: Looks) -> set[str]:
    """Products that waited under the styles before, or that those never saw."""
    if before.held is None:
        return _ids(looks, waiting_rows(before, looks))
    seen = set(chain.from_iterable(before.held.members))
    return {*before.held.waiting, *(set(looks.product_ids) - seen)}


def _ids(looks: Looks, rows: Rows) -> set[str]:
    return {looks.product_ids[row] for row in rows.tolist()}


def _coherent(board: StyleBoard, waiting: Rows) -> Iterator[tuple[Rows, float]]:
    """Groups of rows that are styles by themselves, each with its silhouette."""
    if len(waiting) < LEAST_MEMBERS:
        return
    vectors = board.looks.vectors
    rest = np.setdiff1d(np.arange(len(vectors)), waiting)
    styles = board.membership.styles[rest]
    at_least = max(0.0, float(np.quantile(cosine_silhouettes(vectors[rest], styles), 0.25)))
    sizes = np.bincount(styles, minlength=len(board.model.styles))
    there = sizes > 0
    means = group_sums(vectors[rest], styles, len(sizes))[there] / sizes[there, None]
    groups = groups_within(vectors[waiting], likely_distance(vectors[rest], styles))
    for group in range(int(groups.max()) + 1):
        rows = waiting[groups == group]
        if len(different(vectors, rows.tolist(), LEAST_MEMBERS)) < LEAST_MEMBERS:
            continue
        silhouette = _silhouette(vectors[rows], means.astype(np.float32))
        if silhouette >= at_least:
            yield rows, silhouette


def _silhouette(members: Vectors, means: Vectors) -> float:
    """Mean silhouette of a group (n, dim) among others, of which the means (k, dim) are given."""
    to_others = (members @ members.sum(axis=0) - 1) / (len(members) - 1)
    inside, nearest = 1 - to_others, (1 - members @ means.T).min(axis=1)
    widest = np.maximum(np.maximum(inside, nearest), 1e-12)
    return float(((nearest - inside) / widest).mean())


def _names(board: StyleBoard, groups: list[Rows]) -> list[str]:
    """A name for each group that neither a style nor another group has."""
    n_styles = len(board.model.styles)
    among = board.membership.styles.copy()
    for number, rows in enumerate(groups):
        among[rows] = n_styles + number
    taken = [style.name for style in board.model.styles]
    return style_names(board.looks.said, among, n_styles + len(groups), taken)[n_styles:]


def _proposal(board: StyleBoard, name: str, rows: Rows, silhouette: float) -> Proposal:
    vectors, ids = board.looks.vectors, board.looks.product_ids
    centre = unit(vectors[rows].mean(axis=0, keepdims=True))[0]
    order = rows[np.argsort(-(vectors[rows] @ centre), kind="stable")].tolist()
    shown = different(vectors, order, _N_EXEMPLARS)
    cosines = board.model.anchors @ centre
    best = int(cosines.argmax())
    return Proposal(
        proposal_id=_id_of(ids[int(rows.min())]),
        name=name,
        product_ids=tuple(ids[row] for row in rows.tolist()),
        exemplars=tuple(ids[row] for row in shown),
        silhouette=silhouette,
        nearest=board.model.styles[int(board.model.style_of[best])],
        cosine=float(cosines[best]),
        centre=centre,
    )


def _id_of(first: str) -> str:
    return "n" + hashlib.sha256(first.encode("utf-8")).hexdigest()[:6]
