"""What a user asks to have collected."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from vitrine.errors import UsageError

Edge: TypeAlias = Literal["recent_media", "top_media"]

_TAG = re.compile(r"#?(\w{1,100})")
_CONTACT = re.compile(r"[!-'*-~]{0,200}")


@dataclass(frozen=True, slots=True)
class Wish:
    """What to collect, and how."""

    source: str
    """http(s) address of a product, a list of products or a sitemap; or a hashtag."""
    limit: int = 100
    """Products at most."""
    photos_each: int = 10
    delay_s: float = 1.0
    """Rest between two requests to one host; longer where robots.txt asks for it."""
    scroll: bool = False
    """Open lists in Chromium, and scroll them to their end."""
    edge: Edge = "recent_media"
    """Which posts of a hashtag: the newest, or those most liked."""
    contact: str = ""
    """An address for the people whose server is asked; stands in the user agent."""

    def __post_init__(self) -> None:
        if self.limit < 1 or self.photos_each < 0 or self.delay_s < 0:
            raise UsageError("limit must be at least 1, photos_each and delay_s at least 0")
        if not _CONTACT.fullmatch(self.contact):
            raise UsageError(
                f"contact is {self.contact!r}; write a mail address or a page's, without spaces"
            )
        if not self.tag and not self.source.lower().startswith(("http://", "https://")):
            raise UsageError(
                f"{self.source[:200]!r} is neither an address nor a hashtag; write "
                "https://shop.example/dresses, or '#dresses'"
            )

    @property
    def tag(self) -> str:
        """The hashtag without #, or ""."""
        found = _TAG.fullmatch(self.source)
        return found[1] if found else ""

    @property
    def name(self) -> str:
        """What makes two runs the same, so that one may go on with the other."""
        return f"#{self.tag} {self.edge}" if self.tag else self.source
