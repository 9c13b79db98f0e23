"""Plain text out of descriptions that are written in HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>|&(?:[A-Za-z]{2,8}|#[0-9]{1,6});")
_BREAKS = frozenset({"p", "br", "div", "li", "ul", "ol", "tr", "h1", "h2", "h3", "h4", "h5", "h6"})
_UNSEEN = frozenset({"script", "style"})


def plain_text(text: str) -> str:
    """Drop tags, scripts and surplus space; text without markup is only tidied.

    Example:
        >>> plain_text("<p>Soft&nbsp;<b>linen</b>.</p><ul><li>Washable</li></ul>")
        'Soft linen. Washable'
        >>> plain_text("waist < hip & 3 > 2")
        'waist < hip & 3 > 2'
    """
    if not _MARKUP.search(text):
        return " ".join(text.split())
    reader = _TextReader()
    reader.feed(text)
    reader.close()
    return " ".join("".join(reader.parts).split())


class _TextReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in _UNSEEN
        self.parts.append(" " if tag in _BREAKS else "")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN and self._unseen > 0
        self.parts.append(" " if tag in _BREAKS else "")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(data)
