"""Who sits at the desk: sessions in memory, and what proves that a form is one of ours."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from vitrine.shop.deciding import Change

IDLE_S = 2 * 3600.0
LONGEST_S = 12 * 3600.0
_MOST_SESSIONS = 64
_TOKEN_BYTES = 32


@dataclass(slots=True)
class Session:
    """One person's time at the desk; nothing of it outlives the server."""

    key_id: str
    """Of the admin key that opened it; empty: this computer, in a shop without keys."""
    opened_at: float
    used_at: float
    last: tuple[Change, ...] = ()
    """What the last decisions changed, so that they can be taken back."""
    notices: list[tuple[str, dict[str, object]]] = field(
        default_factory=list[tuple[str, dict[str, object]]]
    )
    """Texts and their values, to be shown once."""


class Sessions:
    """Opens, finds and closes sessions by tokens that only a cookie holds.

    Used from the event loop alone. The session that was quiet longest gives way to a new one.

    Args:
        clock: seconds that never go back.

    Example:
        >>> sessions = Sessions(clock=lambda: 0.0)
        >>> token = sessions.open("key")
        >>> sessions.find(token).key_id, sessions.find("another")
        ('key', None)
        >>> sessions.is_ours(token, sessions.proof(token)), sessions.is_ours(token, "")
        (True, False)
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._secret = secrets.token_bytes(_TOKEN_BYTES)
        self._sessions: OrderedDict[bytes, Session] = OrderedDict()

    def __len__(self) -> int:
        return len(self._sessions)

    def open(self, key_id: str, token: str = "") -> str:
        """Begin a session; its token is new unless one is given."""
        token = token or new_token()
        now = self._clock()
        self._sessions[_hashed(token)] = Session(key_id, now, now)
        while len(self._sessions) > _MOST_SESSIONS:
            self._sessions.popitem(last=False)
        return token

    def find(self, token: str) -> Session | None:
        """The session of a token, unless its time is over."""
        key, now = _hashed(token), self._clock()
        session = self._sessions.get(key)
        if session is None:
            return None
        if now - session.used_at > IDLE_S or now - session.opened_at > LONGEST_S:
            del self._sessions[key]
            return None
        session.used_at = now
        self._sessions.move_to_end(key)
        return session

    def close(self, token: str) -> None:
        """End a session; one that is over already stays so."""
        self._sessions.pop(_hashed(token), None)

    def proof(self, token: str) -> str:
        """What our forms hold for whoever has this token, and nobody else can make."""
        return hmac.new(self._secret, token.encode(), hashlib.sha256).hexdigest()

    def is_ours(self, token: str, proof: str) -> bool:
        """Whether a form that came with a token was made for it."""
        made = self.proof(token).encode()
        return bool(token) and hmac.compare_digest(made, proof.encode("utf-8", "replace"))


def new_token() -> str:
    """256 random bits, as a cookie can hold them."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def _hashed(token: str) -> bytes:
    """Sessions are found by this, so that the time it takes says nothing of other tokens."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
