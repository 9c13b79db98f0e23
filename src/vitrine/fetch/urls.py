"""URLs as they come from catalogues and redirects: read, checked, and shown in errors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vitrine.errors import FetchError
from vitrine.fetch.stopping import RefusedError

if TYPE_CHECKING:
    import httpx

_SHOWN_CHARS = 200
_HOST = re.compile(rb"[A-Za-z0-9._:-]+")
_PORTS = range(1, 65536)
_TOKEN = re.compile(r"access_token=[^&#\s]*", re.IGNORECASE)


def read_url(text: str) -> httpx.URL:
    """Read an absolute http(s) URL without credentials.

    Raises:
        FetchError: it is something else.
    """
    try:
        return _checked(_parsed(text.strip()))
    except RefusedError as error:
        raise FetchError(f"{shown(text)}: {error}") from error


def redirected(source: httpx.URL, location: str) -> httpx.URL:
    """Where a redirect leads.

    Raises:
        RefusedError: nowhere, from https back to http, or to no acceptable URL.
    """
    if not location:
        raise RefusedError("the server redirects to nowhere; correct the URL in the catalogue")
    target = _checked(_parsed(str(source.join(_parsed(location)))))
    if source.scheme == "https" and target.scheme == "http":
        raise RefusedError(
            f"the server redirects from https to {shown(str(target))}, which is refused because "
            "anyone on the way could change it; put a URL that stays on https in the catalogue"
        )
    return target


def shown(text: str) -> str:
    r"""Make a URL fit for one line of an error: short, printable, without credentials.

    Example:
        >>> shown("https://me:secret@shop.example/a b\n.jpg")
        'https://shop.example/a b?.jpg'
        >>> shown("https://api.example/me?access_token=secret&limit=5")
        'https://api.example/me?access_token=...&limit=5'
    """
    scheme, mark, rest = text.strip().partition("://")
    authority, slash, path = rest.partition("/")
    clean = f"{scheme}{mark}{authority.rpartition('@')[2]}{slash}{path}"
    clean = _TOKEN.sub("access_token=...", clean)
    clean = "".join(letter if letter.isprintable() else "?" for letter in clean)
    clean = clean if len(clean) <= _SHOWN_CHARS else clean[: _SHOWN_CHARS - 3] + "..."
    return clean or "(empty URL)"


def _parsed(text: str) -> httpx.URL:
    import httpx

    try:
        return httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:
        raise RefusedError(f"this is no URL: {error}") from error


def _checked(url: httpx.URL) -> httpx.URL:
    if url.scheme not in ("http", "https"):
        raise RefusedError("only http:// and https:// URLs are fetched")
    if url.userinfo:
        raise RefusedError("a URL with a user name or password in it is refused; take them out")
    if not url.host:
        raise RefusedError("the URL names no host")
    if not _HOST.fullmatch(url.raw_host) or (url.port is not None and url.port not in _PORTS):
        raise RefusedError(f"{url.netloc.decode('ascii', 'replace')!r} is no host and port")
    return url
