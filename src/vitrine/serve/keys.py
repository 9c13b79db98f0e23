"""Keys to the API: made once, shown once, kept as a hash."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal, TypeAlias

from vitrine.errors import NotFoundError
from vitrine.store import KeyRecord, Store

KeyKind: TypeAlias = Literal["search", "admin"]
_PREFIX = "vitrine"
_REFRESH_S = 1.0


def create_key(store: Store, kind: KeyKind, name: str = "") -> tuple[str, KeyRecord]:
    """Make a key.

    It holds 256 random bits, so that one round of SHA-256 keeps it as safe as any slow hash would.

    Returns:
        The key itself, which nobody can show again, and what the shop keeps of it.
    """
    key_id = secrets.token_hex(6)
    token = f"{_PREFIX}_{kind}_{key_id}_{secrets.token_urlsafe(32)}"
    record = KeyRecord(key_id, kind, name, _hashed(token), _now())
    with store.transaction() as writer:
        writer.put_key(record)
    return token, record


def revoke_key(store: Store, key_id: str) -> KeyRecord:
    """Close a key for good; servers notice within a second or two.

    Raises:
        NotFoundError: there is no key of that id.
    """
    made = store.keys()
    for record in made:
        if record.key_id == key_id:
            revoked = record if record.revoked_at else replace(record, revoked_at=_now())
            with store.transaction() as writer:
                writer.put_key(revoked)
            return revoked
    raise NotFoundError(f"there is no key {key_id!r} in this shop; `vitrine keys list` shows them")


class KeyRing:
    """The shop's keys as a server knows them; read again when they are a second old.

    Args:
        store: where keys are kept.
        refresh_s: how old they may be.
    """

    def __init__(self, store: Store, refresh_s: float = _REFRESH_S) -> None:
        self._store = store
        self._refresh_s = refresh_s
        self._keys: dict[str, KeyRecord] = {}
        self._read_at = -1e9
        self._reading = asyncio.Lock()

    async def ever_made(self) -> bool:
        """Whether a key was ever made; from then on nobody comes in without one."""
        await self._refresh()
        return bool(self._keys)

    async def find(self, token: str) -> KeyRecord | None:
        """The key's record if it opens, else None."""
        await self._refresh()
        parts = token.split("_", 3)
        record = self._keys.get(parts[2]) if len(parts) == 4 else None
        if record is None or record.revoked_at:
            return None
        return record if secrets.compare_digest(record.sha256, _hashed(token)) else None

    async def opens(self, key_id: str) -> bool:
        """Whether a key that was shown earlier has not been revoked since then."""
        await self._refresh()
        record = self._keys.get(key_id)
        return record is not None and not record.revoked_at

    async def _refresh(self) -> None:
        if time.monotonic() - self._read_at < self._refresh_s:
            return
        async with self._reading:
            if time.monotonic() - self._read_at >= self._refresh_s:
                found: Sequence[KeyRecord] = await asyncio.to_thread(self._store.keys)
                self._keys = {record.key_id: record for record in found}
                self._read_at = time.monotonic()


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "backslashreplace")).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
