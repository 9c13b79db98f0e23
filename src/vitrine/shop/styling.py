"""The styles of a shop: found, listed, named by people, and given to its products."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import DataError, ImageError, NotFoundError, UsageError, unknown
from vitrine.index import Snapshot
from vitrine.shop.eyes import Eyes
from vitrine.shop.style_palettes import Palettes
from vitrine.shop.style_suggestions import Popular, StyleSuggestion, suggestion_for
from vitrine.store import LearnedRecord, Store, Writer
from vitrine.styles import (
    DEFAULT_RECIPE,
    RECIPES,
    Figures,
    Looks,
    MovedName,
    Newcomers,
    Recipe,
    StyleBoard,
    StyleDetail,
    StyleModel,
    StyleSummary,
    StyleTree,
    accepted,
    figures_of,
    from_bytes,
    held_by,
    looks_of,
    moved_names,
    newcomers_of,
    settled_model,
    style_tree,
    taken_in,
    to_bytes,
    with_names,
    without_news,
)
from vitrine.vectors import unit

if TYPE_CHECKING:
    from vitrine.search.query import Photo
    from vitrine.types import Json, Vectors, Where

MOST_PHOTOS = 50
MOST_FITTING = 24
_NAME = "styles"


@dataclass(frozen=True, slots=True)
class FittedStyles:
    """What `fit` found."""

    recipe: str
    figures: Figures
    seconds: float
    styles: tuple[StyleSummary, ...]
    moved: tuple[MovedName, ...] = ()
    """Names that people gave, where the shop moved to another encoder since; those of which least
    is left first."""

    def to_json(self) -> Json:
        """The shape that the command line prints."""
        figures = {name: round(value, 4) for name, value in asdict(self.figures).items()}
        return {
            "recipe": self.recipe,
            "k": len(self.styles),
            **figures,
            "seconds": round(self.seconds, 2),
            "styles": [style.to_json() for style in self.styles],
            **({"moved": [each.to_json() for each in self.moved]} if self.moved else {}),
        }


class Styling:
    """Styles of one shop; safe to share between threads.

    Args:
        store: where they are kept.
        view: gives the newest view of the store.
        eyes: gives the shop's own, for photos.
    """

    def __init__(
        self, store: Store, view: Callable[[], Snapshot], eyes: Callable[[], Eyes]
    ) -> None:
        self._store = store
        self._view = view
        self._eyes = eyes
        self._board: tuple[tuple[str, int], Snapshot, StyleBoard] | None = None
        self._palettes = Palettes(store)
        self._newcomers: tuple[StyleBoard, Newcomers] | None = None
        self._making = threading.Lock()

    def fit(
        self, k: int | None = None, *, recipe: str | Recipe = DEFAULT_RECIPE, seed: int = 0
    ) -> FittedStyles:
        """Find the shop's styles and keep them.

        Styles that were there before keep their ids, and the names that people gave them, also
        where the shop moved to another encoder since (`reindex`).

        Args:
            k: how many; None lets the recipe choose.
            recipe: of `vitrine.styles.RECIPES`, by its name, or one of your own.
            seed: of whatever the recipe draws.

        Raises:
            UsageError: no such recipe, or k is below 2.
            DataError: too few products have a photo, or too few that differ.
        """
        if isinstance(recipe, str):
            if recipe not in RECIPES:
                raise UsageError(unknown("recipe", recipe, RECIPES))
            recipe = RECIPES[recipe]
        started = time.perf_counter()
        view = self._view()
        looks = looks_of(view)
        found = recipe.find(looks.vectors, k, seed=seed)
        with self._store.transaction() as writer:
            before = self._before(view)
            model = settled_model(
                recipe.name,
                found,
                looks.vectors,
                looks.said,
                encoder_sha256=view.encoder.sha256,
                before=before,
                product_ids=looks.product_ids,
            )
            model = without_news(model, looks, before)
            self._keep(writer, model)
        board = StyleBoard(model, looks)
        figures = figures_of(recipe, model, looks.vectors, board.membership)
        seconds = time.perf_counter() - started
        held = None if before is None else before.held
        names = () if before is None or held is None else moved_names(before, held, board)
        return FittedStyles(recipe.name, figures, seconds, board.summaries, names)

    def list(self) -> tuple[StyleSummary, ...]:
        """Every style, the largest first.

        Raises:
            NotFoundError: none were found yet.
        """
        return self.board().summaries

    def show(self, style_id: str) -> StyleDetail:
        """One style: exemplars, what sets it apart, palette, neighbours and the pieces between.

        Raises:
            NotFoundError: none were found yet, or there is no such style.
        """
        board = self.board()
        palette = self._palettes.of_style(board, style_id)
        return replace(board.detail(style_id), palette=palette)

    def tree(self) -> StyleTree:
        """Coarse groups of styles, the joins that lead there, and the graph of neighbours.

        Raises:
            NotFoundError: no styles were found yet.
        """
        return style_tree(self.board())

    def rename(self, style_id: str, name: str) -> StyleSummary:
        """Give a style a name that no later fit replaces.

        Raises:
            NotFoundError: none were found yet, or there is no such style.
            UsageError: the name is empty, too long, or another style's.
        """
        with self._store.transaction() as writer:
            self._keep(writer, self._model().named(style_id, name))
        return self.board().detail(style_id).summary

    def merge(self, style_ids: Sequence[str]) -> StyleSummary:
        """Make several styles one, under the id of the first; later fits keep them together.

        Proposals of new styles among them become a part of it.

        Raises:
            NotFoundError: none were found yet, or there is no such style or proposal.
            UsageError: fewer than two are named, or none of them is a style.
        """
        newcomers, looks = self.novel(), self.board().looks
        proposed = {each.proposal_id: each for each in newcomers.proposals}
        styles = [each for each in dict.fromkeys(style_ids) if each not in proposed]
        if not styles:
            raise UsageError("merging takes two styles or more, or proposals and a style")
        with self._store.transaction() as writer:
            model = self._model()
            if len(styles) > 1 or len(style_ids) < 2:
                model = model.merged(styles)
            for each in dict.fromkeys(style_ids):
                if each in proposed:
                    model = taken_in(model, proposed[each], styles[0])
            self._keep(writer, with_names(model, looks.vectors, looks.said))
        return self.board().detail(styles[0]).summary

    def novel(self) -> Newcomers:
        """Products that are new to all styles, and the styles that they may come to be.

        Raises:
            NotFoundError: no styles were found yet.
        """
        board = self.board()
        if self._newcomers is None or self._newcomers[0] is not board:
            self._newcomers = (board, newcomers_of(board))
        return self._newcomers[1]

    def accept(self, proposal_id: str, name: str | None = None) -> StyleSummary:
        """Make a proposal a style of the shop, which no later fit takes back.

        Args:
            proposal_id: of `novel`.
            name: None keeps the one that was proposed.

        Raises:
            NotFoundError: none were found yet, or there is no such proposal.
            UsageError: the name is empty, too long, or another style's.
        """
        proposal = self.novel().proposal(proposal_id)
        with self._store.transaction() as writer:
            model = accepted(self._model(), proposal, name)
            self._keep(writer, model)
        return self.board().detail(model.styles[-1].style_id).summary

    def dismiss(self, proposal_id: str) -> Newcomers:
        """Let the products of a proposal be no news; they do not come back as one.

        Raises:
            NotFoundError: none were found yet, or there is no such proposal.
        """
        proposal = self.novel().proposal(proposal_id)
        with self._store.transaction() as writer:
            self._keep(writer, self._model().having_settled(proposal.product_ids))
        return self.novel()

    def members(self) -> Iterator[tuple[str, str, float]]:
        """Product id, style id and confidence of every product with a photo.

        Raises:
            NotFoundError: no styles were found yet.
        """
        return self.board().members()

    def suggest(
        self,
        photos: Sequence[Photo],
        *,
        popular: Popular,
        where: Where | None = None,
        k: int = 4,
    ) -> StyleSuggestion:
        """Find somebody's own style from photos, and what fits it in each part of the wardrobe.

        Args:
            photos: 1 to 50: paths, encoded bytes, or PIL images.
            popular: gives what is shown where nothing matches.
            where: a filter on what is suggested.
            k: how many products in each part of the wardrobe, 1 to 24.

        Raises:
            NotFoundError: no styles were found in this shop yet.
            UsageError: no photos, or too many, or k out of its range.
            QueryError: the filter names an unknown field.
            ImageError: a photo cannot be read.
        """
        if not 1 <= len(photos) <= MOST_PHOTOS:
            raise UsageError(f"a style takes 1 to {MOST_PHOTOS} photos, not {len(photos)}")
        if not 1 <= k <= MOST_FITTING:
            raise UsageError(f"k is {k}; it is 1 to {MOST_FITTING}")
        view, board = self._latest()
        allowed = view.matching(where)
        vectors = unit(np.stack([self._seen(n, each, view) for n, each in enumerate(photos, 1)]))
        found = suggestion_for(vectors, board, allowed, k, popular)
        notes = view.unheard(where)
        if not view.with_photo(allowed).any():
            notes.append("no product with a photo passes the filter, so nothing is suggested")
        return replace(found, notes=tuple(notes))

    def _seen(self, number: int, photo: Photo, view: Snapshot) -> Vectors:
        try:
            return self._eyes().look(photo, view.encoder)[0]
        except ImageError as error:
            named = photo if isinstance(photo, str | Path) else f"photo {number}"
            raise ImageError(error.code, f"{named}: {error}") from error

    def remember(self, writer: Writer) -> None:
        """Keep what styles hold, for the shop is about to move to another encoder."""
        with suppress(DataError):  # nothing was found since it moved, or ever
            board = self.board()
            self._keep(writer, replace(board.model, held=held_by(board)))

    def looks(self) -> Looks:
        """What styles are found in: products with a photo, their vectors and their words."""
        return looks_of(self._view())

    def board(self) -> StyleBoard:
        """Styles and products as they are now.

        Raises:
            NotFoundError: no styles were found yet.
            DataError: they belong to another encoder.
        """
        return self._latest()[1]

    def _latest(self) -> tuple[Snapshot, StyleBoard]:
        key = (self._store.learned_at(_NAME), self._view().counter)
        with self._making:
            if self._board is None or self._board[0] != key:
                view, model = self._view(), self._model()
                if model.encoder_sha256 != view.encoder.sha256:
                    raise DataError(
                        "the shop moved to another encoder since its styles were found; find them "
                        "anew, names that people gave stay: vitrine styles fit"
                    )
                self._board = (key, view, StyleBoard(model, looks_of(view)))
            return self._board[1:]

    def _model(self) -> StyleModel:
        record = self._store.learned(_NAME)
        if record is None:
            raise NotFoundError("no styles were found in this shop yet; vitrine styles fit does")
        return from_bytes(record.content)

    def _before(self, view: Snapshot) -> StyleModel | None:
        """Styles to be matched with, by look or by what they held; None where there are none."""
        with suppress(DataError):
            model = self._model()
            if model.encoder_sha256 == view.encoder.sha256:
                return replace(model, held=None)
            return model if model.held else None
        return None

    def _keep(self, writer: Writer, model: StyleModel) -> None:
        about = {"recipe": model.recipe, "k": len(model.styles)}
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        writer.put_learned(LearnedRecord(_NAME, to_bytes(model), about, now))
