"""A built catalogue: the one object that every front end uses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from vitrine.catalog import Catalogue
from vitrine.encoders import Encoder
from vitrine.errors import UsageError
from vitrine.images import image_limits
from vitrine.shop import changing
from vitrine.shop.advising import AdvisingShop
from vitrine.shop.checking import broken_thumbnails, changed_photos
from vitrine.shop.desk import Desk
from vitrine.shop.editing import patched
from vitrine.shop.eyes import Eyes, loaded_encoder
from vitrine.shop.importing import Progress
from vitrine.shop.outfit_learning import learn_outfits
from vitrine.shop.results import ImportReport
from vitrine.types import Json, Product, RowFailure


class Shop(AdvisingShop):
    """Search and keep a catalogue; safe to share between threads."""

    # changing

    def add(
        self,
        catalogue: Catalogue | Iterable[Product],
        *,
        fetch: bool = True,
        prune: bool = False,
        wait_s: float = 0.0,
        errors: Path | None = None,
        on_progress: Progress = changing.silent,
        stop: changing.Stop = changing.never,
    ) -> ImportReport:
        """Upsert products: insert new ones, replace changed ones, leave equal ones alone.

        Args:
            catalogue: what `read_catalogue` gives, or products.
            fetch: whether photos at URLs are fetched; else they keep their URL and wait.
            prune: delete products that the catalogue does not hold.
            wait_s: how long to wait while another process imports.
            errors: where rows and photos that were left out are listed; default errors.csv beside
                the shop, or SHOP.errors.csv where another file has that name. Where nothing was
                left out, this shop's list of the same source is removed.
            on_progress: called with (photos done, photos in all).
            stop: asked after every product; once true, what was done is kept, nothing is pruned,
                and the report counts fewer products than the catalogue.

        Raises:
            LockedError: another process is importing.
            UsageError: `prune` with an empty catalogue, or `errors` is a file of another kind.
        """
        if not isinstance(catalogue, Catalogue):
            catalogue = Catalogue("products", "python", list(catalogue), [])
        if prune and not catalogue.products:
            raise UsageError("the catalogue is empty; pruning would delete every product")
        return changing.add_catalogue(
            self._store,
            self._settings,
            self._eyes.encoder,
            catalogue,
            changing.Course(fetch, wait_s, errors, on_progress),
            prune=prune,
            stop=stop,
        )

    def patch(self, product_id: str, **values: Any) -> Product:
        """Change fields of one product; nothing is embedded again.

        Args:
            product_id: an existing product.
            **values: fields of `Product`; prices as `Price`, "49.90 EUR" or None.

        Raises:
            NotFoundError: no such product.
            UsageError: a field does not exist or is none to patch (photos, product_id).
        """
        with self._store.transaction() as writer:
            product = patched(self.get(product_id), values)
            refs = self._store.photos([product_id]).get(product_id, ())
            writer.put_products([(product, refs)])
        return product

    def delete(self, product_ids: str | Iterable[str]) -> int:
        """Remove products; how many there were. Ids that do not exist are passed over."""
        named = [product_ids] if isinstance(product_ids, str) else product_ids
        return changing.delete_products(self._store, named)

    def reindex(
        self,
        encoder: str | Path | Encoder,
        *,
        fetch: bool = True,
        wait_s: float = 0.0,
        errors: Path | None = None,
        on_progress: Progress = changing.silent,
    ) -> tuple[int, list[RowFailure]]:
        """Move to another encoder, given by name, folder or itself.

        Searches go on with the old vectors until one switch. The rest is as in `add`.

        Returns:
            How many photos were embedded, and those that could not be, also in errors.csv.

        Raises:
            LockedError: another process is importing.
            UsageError: `errors` is a file of another kind.
        """
        chosen = loaded_encoder(encoder, self._settings)
        course = changing.Course(fetch, wait_s, errors, on_progress)
        n_embedded, failures = changing.move_to_encoder(
            self._store, self._settings, chosen, course, self.styles.remember
        )
        self._eyes = Eyes(self._settings, encoder, self.location, chosen)
        return n_embedded, failures

    def learn_outfits(
        self, pairs: str | Path, *, columns: Sequence[str] = (), seed: int = 0
    ) -> Json:
        """Learn what goes together from pairs of products; `outfits` goes by it from then on.

        Args:
            pairs: a CSV with a header, whose first two columns are ids of products.
            columns: of this shop, whose words may tell: a brand, a section.
            seed: of whatever is drawn.

        Returns:
            From how much it was learned.

        Raises:
            NotFoundError: there is no such table.
            DataError: it tells of too few products of this shop.
            UsageError: no such column, or one with too many words.
        """
        return learn_outfits(self._store, self._view(), Path(pairs), columns, seed)

    # keeping

    def desk(self) -> Desk:
        """What merchandisers look at and decide: doubted values, copies, how much is said."""
        return Desk(self._store, self._view, lambda: self._eyes.encoder(self._store.encoder()))

    def verify(self, *, photos: bool = True) -> list[str]:
        """Check that the shop is whole; one line for each thing that is wrong.

        That is: SQLite's own checks and every reference; each product's row against its hash and
        against the full-text index; each vector's size and length (1), its tags' form; each
        thumbnail's container, but not its pixels; and the photos. Further checks wait until those
        of the file find nothing.

        Args:
            photos: also read every local photo again and compare it with what was indexed.
        """
        if found := self._store.problems():
            return found
        found = broken_thumbnails(self._store)
        if photos:
            found += changed_photos(self._store, image_limits(self._settings).max_bytes)
        return found

    def backup(self, path: str | Path) -> None:
        """Copy the shop as it is now into a new file, imports or not.

        Raises:
            DataError: the file exists.
        """
        self._store.backup(Path(path))
