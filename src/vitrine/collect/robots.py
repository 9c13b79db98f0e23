"""robots.txt as RFC 9309 says, and rests between requests to one host."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic, sleep
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from vitrine.errors import FetchError, missing_extra

if TYPE_CHECKING:
    from protego import Protego

    from vitrine.fetch import Fetcher

AGENT = "vitrine"
"""The name that robots.txt knows us by."""

_MOST_BYTES = 2_000_000
_TOO_MANY_REQUESTS = 429


class DisallowedError(FetchError):
    """The site's robots.txt asks us to stay away, or could not be read."""


@dataclass(frozen=True, slots=True)
class SiteRules:
    """What one site asks of robots."""

    parser: Protego | None
    """None: no rules."""
    refusal: str = ""
    """Why nothing may be fetched at all, or ""."""

    def refuse(self, url: str) -> str:
        """Why `url` is not to be fetched, or ""."""
        if self.refusal or self.parser is None:
            return self.refusal
        allowed = self.parser.can_fetch(url, AGENT)
        return "" if allowed else f"robots.txt disallows it for {AGENT!r}"

    @property
    def delay_s(self) -> float:
        """Seconds that it asks for between two requests: Crawl-delay, or Request-rate."""
        if self.parser is None:
            return 0.0
        rate = self.parser.request_rate(AGENT)
        return max(
            self.parser.crawl_delay(AGENT) or 0.0, rate.seconds / rate.requests if rate else 0.0
        )


class Manners:
    """Keeps to robots.txt, asks each host one thing at a time, and rests in between."""

    def __init__(self, fetcher: Fetcher, *, delay_s: float) -> None:
        try:
            from protego import Protego
        except ImportError as error:
            raise missing_extra("collecting", "protego", "collect") from error
        self._parse = Protego.parse
        self._fetcher = fetcher
        self._delay_s = delay_s
        self._sites: dict[str, SiteRules] = {}
        self._asked_at: dict[str, float] = {}
        self.n_requests = 0

    def gate(self, url: str) -> None:
        """Wait until `url` may be asked.

        Raises:
            DisallowedError: it may not be.
        """
        self.check(url)
        self.rest(url)

    def check(self, url: str) -> None:
        """Make sure that robots.txt allows `url`.

        Raises:
            DisallowedError: it does not, or it cannot be read.
        """
        if reason := self.rules(url).refuse(url):
            raise DisallowedError(f"{url}: {reason}")

    def allows(self, url: str) -> bool:
        """Whether robots.txt allows `url`."""
        return not self.rules(url).refuse(url)

    def rest(self, url: str) -> None:
        """Wait until this host has rested since our last request."""
        site = _site(url)
        rules = self._sites.get(site)
        delay_s = max(self._delay_s, rules.delay_s if rules else 0.0)
        if site in self._asked_at:
            sleep(max(0.0, self._asked_at[site] + delay_s - monotonic()))
        self._asked_at[site] = monotonic()
        self.n_requests += 1

    @property
    def longest_delay_s(self) -> float:
        """The longest rest that a site met so far asks for."""
        return max((rules.delay_s for rules in self._sites.values()), default=0.0)

    def rules(self, url: str) -> SiteRules:
        """What the site of `url` asks of robots; its robots.txt is read once."""
        site = _site(url)
        if site not in self._sites:
            self._sites[site] = self._read(f"{site}/robots.txt")
        return self._sites[site]

    def _read(self, url: str) -> SiteRules:
        """Unavailable (4xx) allows all, unreachable (5xx, no answer) forbids all."""
        try:
            fetched = self._fetcher.fetch(url, max_bytes=_MOST_BYTES, gate=self.rest)
        except FetchError as error:
            if 400 <= error.status < 500 and error.status != _TOO_MANY_REQUESTS:
                return SiteRules(None)
            return SiteRules(None, f"robots.txt cannot be read, so nothing is fetched ({error})")
        return SiteRules(self._parse((fetched.data or b"").decode("utf-8-sig", "replace")))


def _site(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
