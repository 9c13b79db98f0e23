"""From what a source wrote to checked products; what does not fit becomes a failure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from vitrine.catalog.catalogue import Catalogue, Source
from vitrine.catalog.markup import plain_text
from vitrine.catalog.money import parse_price
from vitrine.catalog.photos import PhotoFinder
from vitrine.catalog.translation import person, translate
from vitrine.catalog.vocabulary import WORDS
from vitrine.errors import DataError
from vitrine.types import Price, Product, RowFailure

_PLAIN = ("link", "brand", "product_type", "material", "size", "gtin", "seller", "item_group_id")
_LONGEST_REASON = 300


@dataclass(slots=True)
class Draft:
    """One product in the source's own words."""

    line: int | None
    fields: dict[str, str]
    """Field of the vocabulary, or `currency`, -> what the source says."""
    photos: list[str] = field(default_factory=list[str])
    extra: Mapping[str, str] = field(default_factory=dict[str, str])


class Assembly:
    """Collects the products of one source and everything that had to be left out."""

    def __init__(self, format: str, source: Source, finder: PhotoFinder) -> None:
        self._format = format
        self._source = str(source.path)
        self._finder = finder
        self._products: dict[str, Product] = {}
        self._first_lines: dict[str, int | None] = {}
        self._failures: list[RowFailure] = []
        self._without_currency: list[tuple[Draft, str]] = []

    def fail(self, line: int | None, product_id: str, column: str, reason: str) -> None:
        """Record what was left out; nothing that cannot be written as UTF-8 is kept."""
        safe = (_writable(part) for part in (product_id, column, reason[:_LONGEST_REASON]))
        self._failures.append(RowFailure(self._source, line, *safe))

    def add(self, draft: Draft) -> None:
        """Check and translate one product; the first of two with the same id is kept."""
        product_id = draft.fields.get("product_id", "").strip()
        if reason := _unfit(draft):
            self.fail(draft.line, product_id, "", reason)
        elif not product_id:
            self.fail(draft.line, "", "product_id", "the row has no product_id")
        elif product_id in self._products:
            first = self._first_lines[product_id]
            where = f" (line {first})" if first else ""
            reason = f"the product_id {product_id!r} was there before{where}; the first is kept"
            self.fail(draft.line, product_id, "product_id", reason)
        else:
            draft.fields["product_id"] = product_id
            self._first_lines[product_id] = draft.line
            self._products[product_id] = self._product(product_id, draft)

    def catalogue(self) -> Catalogue:
        """Everything collected.

        Raises:
            DataError: there was nothing, not even a failure.
        """
        self._say_what_has_no_currency()
        if not self._products and not self._failures:
            raise DataError(f"{self._source} holds no products (read as {self._format})")
        products = tuple(self._products.values())
        return Catalogue(self._format, self._source, products, tuple(self._failures))

    def _product(self, product_id: str, draft: Draft) -> Product:
        said = {name: value.strip() for name, value in draft.fields.items() if value.strip()}
        words, original = _translated(said)
        price = self._price("price", said, draft)
        sale_price = self._price("sale_price", said, draft)
        return Product(
            product_id=product_id,
            title=_one_line(said.get("title", "")),
            description=plain_text(said.get("description", "")),
            price=price,
            sale_price=None if sale_price == price else sale_price,
            year=self._year(said.get("year", ""), draft),
            added_at=self._moment(said.get("added_at", ""), draft),
            photos=self._photos(draft),
            original=original,
            extra=draft.extra,
            **{name: said[name] for name in _PLAIN if name in said},
            **words,
        )

    def _price(self, column: str, said: Mapping[str, str], draft: Draft) -> Price | None:
        if column not in said:
            return None
        try:
            price = parse_price(said[column], said.get("currency", ""))
        except DataError as error:
            self.fail(draft.line, said["product_id"], column, str(error))
            return None
        if not price.currency:
            self._without_currency.append((draft, said[column]))
            return None
        return price

    def _year(self, text: str, draft: Draft) -> int | None:
        if not text or text.casefold() in ("na", "nan"):
            return None
        if found := re.fullmatch(r"((?:19|20)[0-9]{2})(?:\.0+)?", text):
            return int(found[1])
        self.fail(draft.line, draft.fields["product_id"], "year", f"not a year: {text!r}")
        return None

    def _moment(self, text: str, draft: Draft) -> str:
        if not text:
            return ""
        try:
            found = datetime.fromisoformat(text)
            found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            reason = f"not a date or moment like 2026-11-21: {text!r}"
            self.fail(draft.line, draft.fields["product_id"], "added_at", reason)
            return ""
        return found.isoformat(timespec="seconds")

    def _photos(self, draft: Draft) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for written in draft.photos:
            try:
                found[self._finder.find(written)] = None
            except DataError as error:
                product_id = draft.fields["product_id"]
                self.fail(draft.line, product_id, "image_link", str(error))
        return tuple(found)

    def _say_what_has_no_currency(self) -> None:
        """One failure for all: a shop's export that never names its currency is common."""
        if not self._without_currency:
            return
        draft, text = self._without_currency[0]
        n_prices = len(self._without_currency)
        self.fail(
            draft.line,
            draft.fields["product_id"],
            "price",
            f"no currency is given for {n_prices} prices, the first {text!r}; they are left "
            "out. Name the column (currency=COLUMN) or the currency (currency==EUR) in --map",
        )
        self._without_currency.clear()


def _translated(said: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The choices in vitrine's words, and the source's words that were changed."""
    words = {name: translate(name, said[name]) for name in WORDS if name in said}
    leaf = said.get("product_type", "").rsplit(">", 1)[-1]
    if "article_type" not in words and (kind := translate("article_type", leaf)) in _kinds():
        words["article_type"] = kind
    if "gender" in words:
        words["gender"] = person(words["gender"], words.get("age_group", ""))
    original = {name: said[name] for name in words if said.get(name, words[name]) != words[name]}
    return words, original


def _kinds() -> Iterable[str]:
    return WORDS["article_type"]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _unfit(draft: Draft) -> str:
    """Say why a row cannot be stored at all, or nothing."""
    text = "".join((*draft.fields.values(), *draft.photos, *draft.extra, *draft.extra.values()))
    if "\0" in text:
        return "the row holds a NUL byte"
    if not text.isascii() and _writable(text) != text:
        return "the row holds half of a surrogate pair, which is no character"
    return ""


def _writable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
