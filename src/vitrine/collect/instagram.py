"""Hashtags of Instagram through the official Graph API, with the user's own token.

Source: Meta's reference of `ig_hashtag_search`, `IG Hashtag recent_media` and `top_media`. Pages of
Instagram itself are never read. The token goes into requests only: it is neither logged nor kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from vitrine.collect.found import Found, FoundPhoto, FoundProduct
from vitrine.collect.journal import Page
from vitrine.collect.markup import absolute
from vitrine.collect.schema import clean
from vitrine.errors import ConfigurationError, FetchError
from vitrine.types import Json

if TYPE_CHECKING:
    from vitrine.fetch import Fetcher, Gate
    from vitrine.settings import Settings

GRAPH_API = "https://graph.facebook.com/v24.0"

_FIELDS = "id,caption,media_type,media_url,permalink,timestamp,children{media_type,media_url}"
_PER_PAGE = 50
_MOST_PAGES = 100
_LONGEST_TITLE = 100
_REFUSED = (400, 401, 403)


@dataclass(frozen=True, slots=True)
class Account:
    """Who asks: an Instagram business or creator account, and a token for it."""

    user_id: str
    token: str

    def __post_init__(self) -> None:
        missing = [
            name
            for name, value in (
                ("VITRINE_INSTAGRAM_TOKEN", self.token),
                ("VITRINE_INSTAGRAM_USER_ID", self.user_id),
            )
            if not value.strip()
        ]
        if missing:
            raise ConfigurationError(
                f"collecting a hashtag needs {' and '.join(missing)}: your own account's, for "
                "Instagram's Graph API (docs/collect.md says how to get them)"
            )

    @classmethod
    def of(cls, settings: Settings) -> Account:
        """The account that the settings name.

        Raises:
            ConfigurationError: they name none.
        """
        return cls(settings.instagram_user_id, settings.instagram_token.get_secret_value())

    def __repr__(self) -> str:
        return f"Account(user_id={self.user_id!r})"


class Hashtags:
    """Asks the Graph API for what is published with a hashtag."""

    def __init__(
        self, account: Account, fetcher: Fetcher, gate: Gate, api: str = GRAPH_API
    ) -> None:
        self._account = account
        self._fetcher = fetcher
        self._gate = gate
        self._api = api

    def pages(self, tag: str, *, edge: str, run: int) -> Iterator[Page]:
        """Each photo post as a page with one product, newest or most liked first.

        Args:
            tag: without the #.
            edge: `recent_media` (of the last 24 hours) or `top_media`.
            run: the run that asks.

        Raises:
            FetchError: the API cannot be reached, or refuses the token, account or hashtag.
        """
        (found, *_) = self._ask("ig_hashtag_search", {"q": tag}).get("data") or [{}]
        number = str(found.get("id", ""))
        if not number.isalnum():
            raise FetchError(f"Instagram knows no hashtag {tag!r}")
        after, seen = "", set[str]()
        for _ in range(_MOST_PAGES):
            asked = {"fields": _FIELDS, "limit": str(_PER_PAGE)} | (
                {"after": after} if after else {}
            )
            answer = self._ask(f"{number}/{edge}", asked)
            posts = {str(post.get("id")): post for post in answer.get("data") or ()}
            new = [post for name, post in posts.items() if name not in seen]
            seen |= posts.keys()
            now = datetime.now(UTC).isoformat(timespec="seconds")
            for product in filter(None, map(_product, new)):
                yield Page(product.fields["link"], run, Found((product,)), collected_at=now)
            # its cursor is the same on every page, so only posts tell whether there are more
            after = str(((answer.get("paging") or {}).get("cursors") or {}).get("after", ""))
            if not new or not after:
                return

    def _ask(self, path: str, parameters: Mapping[str, str]) -> Json:
        who = {"user_id": self._account.user_id, "access_token": self._account.token}
        url = f"{self._api}/{path}?{urlencode({**who, **parameters})}"
        fetched = self._fetcher.fetch(url, gate=self._gate, also=_REFUSED)
        try:
            answer: Any = json.loads(fetched.data or b"")
        except (ValueError, RecursionError) as error:
            raise FetchError(f"Instagram's API answers {path} with no JSON") from error
        if not isinstance(answer, dict):
            raise FetchError(f"Instagram's API answers {path} with no JSON object")
        if fetched.status in _REFUSED or "error" in answer:
            said = answer.get("error")
            reason = clean(str(said.get("message", ""))) if isinstance(said, dict) else ""
            reason = reason.replace(self._account.token, "...")[:300] or "it gives no reason"
            problem = FetchError(
                f"Instagram's API refuses {path}: {reason}; check the token and its permissions"
            )
            problem.status = fetched.status
            raise problem
        return answer


def _product(post: Json) -> FoundProduct | None:
    """A post with its photos; None where it shows none, or is no post."""
    children = (post.get("children") or {}).get("data") or ()
    shown = [
        FoundPhoto(address)
        for one in (post, *children)
        if isinstance(one, dict)
        and one.get("media_type") == "IMAGE"
        and (address := absolute("https://www.instagram.com/", str(one.get("media_url", ""))))
    ]
    link = absolute("https://www.instagram.com/", str(post.get("permalink", "")))
    if not shown or not urlsplit(link).path.strip("/"):
        return None
    caption = str(post.get("caption") or "")
    title = clean(caption.strip().split("\n")[0])[:_LONGEST_TITLE]
    fields = {
        "product_id": f"instagram-{clean(str(post.get('id', '')))}",
        "title": title,
        "description": clean(caption),
        "link": link,
        "seller": "instagram",
        "posted_at": clean(str(post.get("timestamp", ""))),
    }
    return FoundProduct({name: said for name, said in fields.items() if said}, tuple(shown))
