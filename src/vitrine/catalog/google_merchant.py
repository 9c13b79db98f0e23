"""Google Merchant Center feeds: RSS 2.0, Atom, and text with tabs.

https://support.google.com/merchants/answer/7052112
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from vitrine.catalog.catalogue import Catalogue, Source
from vitrine.catalog.columns import squeeze
from vitrine.catalog.delimited import delimiter_of, read_delimited, read_header
from vitrine.catalog.tables import BadRow, Row, Table, read_table
from vitrine.errors import DataError

_CHUNK_BYTES = 1 << 16
_ITEMS = frozenset({"item", "entry"})
_TSV_NEEDED = frozenset({"id", "title", "link", "imagelink"})


def is_google_merchant(path: Path) -> bool:
    """An RSS or Atom document, or text with tabs and Google's names for the columns."""
    if not path.is_file():
        return False
    if _is_xml(path):
        return _root(path) in ("rss", "feed")
    return delimiter_of(path) == "\t" and {squeeze(n) for n in read_header(path)} >= _TSV_NEEDED


def read_google_merchant(source: Source) -> Catalogue:
    """Read a feed; where an XML feed breaks off, the products before that are kept.

    Raises:
        DataError: no feed, or one that declares entities (they can grow without bound, or
            read other files).
    """
    if not _is_xml(source.path):
        return read_table(source, "google-merchant", read_delimited(source.path))
    rows = _read_items(source.path)
    header = {name: None for row in rows if isinstance(row, Row) for name in row.cells}
    if not header:
        reason = next((row.reason for row in rows if isinstance(row, BadRow)), "no item in it")
        raise DataError(f"{source.path} is no Google Merchant feed: {reason}")
    return read_table(source, "google-merchant", Table([*header], rows))


def _read_items(path: Path) -> list[Row | BadRow]:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import XMLParser

    items = _Items()
    parser: Any = XMLParser(target=items)
    items.locate = lambda: int(parser.parser.CurrentLineNumber)
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                parser.feed(chunk)
            parser.close()
    except DefusedXmlException as error:
        raise DataError(
            f"{path} declares entities or refers to other files, which is refused: {error}"
        ) from error
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror or error}") from error
    except (ParseError, ValueError, LookupError) as error:
        line = error.position[0] if isinstance(error, ParseError) else None
        reason = f"the XML breaks off here, what follows is lost: {error}"
        return [*items.rows, BadRow(line, reason)]
    return [*items.rows]


class _Items:
    """Target of the XML parser: keeps each item's own children, and no tree."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.locate: Callable[[], int] = int
        self._path: list[str] = []
        self._cells: dict[str, list[str]] | None = None
        self._line = 0
        self._text: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if self._cells is None:
            if name in _ITEMS:
                self._cells, self._line, self._path = {}, self.locate(), []
            return
        self._path.append(name)
        if len(self._path) == 1:
            self._text = [attributes["href"]] if "href" in attributes else []
        else:
            self._text.append(" ")  # markup or a group such as shipping

    def data(self, text: str) -> None:
        if self._path:
            self._text.append(text)

    def end(self, tag: str) -> None:
        if self._cells is None:
            return
        if not self._path:
            cells = {name: v[0] if len(v) == 1 else tuple(v) for name, v in self._cells.items()}
            self.rows.append(Row(self._line, cells))
            self._cells = None
            return
        name = self._path.pop()
        text = "".join(self._text).strip()
        if not self._path and text and text not in self._cells.get(name, []):
            self._cells.setdefault(name, []).append(text)

    def close(self) -> None:
        """Nothing is left open."""


def _is_xml(path: Path) -> bool:
    return _head(path).lstrip().startswith(b"<")


def _root(path: Path) -> str:
    """The local name of the first element, read without a parser as it may be hostile."""
    head = re.sub(rb"<!--.*?-->", b"", _head(path), flags=re.DOTALL)
    found = re.search(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)[\s>/]", head)
    return found[1].decode() if found else ""


def _head(path: Path) -> bytes:
    """The beginning, without byte-order mark or the zeros of UTF-16."""
    try:
        with path.open("rb") as file:
            head = file.read(_CHUNK_BYTES)
    except OSError:
        return b""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[2:].replace(b"\0", b"")
    return head.removeprefix(b"\xef\xbb\xbf")
