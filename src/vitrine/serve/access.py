"""Who may come in: names and origins first, then keys, then how often."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Annotated, TypeAlias
from urllib.parse import urlsplit

from fastapi import Depends, Query, Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from vitrine.serve.envelope import request_id_of
from vitrine.serve.problems import Problem, respond
from vitrine.serve.service import Service

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")
_LOCAL_NAMES = frozenset({"localhost"})
_IPV6_NETWORK_BITS = 64


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks."""

    kind: str
    """search or admin"""
    key_id: str
    """Empty: this computer, in a shop without keys."""
    address: str


class NameGuard:
    """Answers under the server's own names only, and pages of known origins only.

    A page of a stranger cannot read answers of this computer by making its own name point here
    (DNS rebinding), because the browser still sends the stranger's name as Host.

    Args:
        app: what is guarded.
        names: known besides localhost and bare addresses, which no stranger's page can have.
        origins: that may ask from a browser besides the server's own pages.
        open_paths: hold nothing of the shop; pages of any origin may load them.
    """

    def __init__(
        self,
        app: ASGIApp,
        names: Iterable[str],
        origins: Iterable[str],
        open_paths: Collection[str] = (),
    ) -> None:
        self._app = app
        self._open_paths = open_paths
        self._names = _LOCAL_NAMES | {name.lower().rstrip(".") for name in names}
        self._origins = {origin.lower().rstrip("/") for origin in origins}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer with a problem."""
        if scope["type"] == "http" and (problem := self._problem(scope)):
            await respond(problem, request_id_of(scope))(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _problem(self, scope: Scope) -> Problem | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "").lower()
        if not self._knows(host):
            return Problem(
                "host_refused",
                f"this server does not answer under the name {host!r}; "
                "if it should, start it with --allow-host NAME",
            )
        origin = "" if scope["path"] in self._open_paths else headers.get("origin", "").lower()
        if origin and origin not in self._origins and _place(origin) != host:
            return Problem(
                "origin_refused",
                f"pages of {origin!r} may not ask here; "
                "if they should, start the server with --allow-origin ORIGIN",
            )
        return None

    def _knows(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return name.rstrip(".") in self._names or _is_address(name)


def service_of(request: Request) -> Service:
    """The service that this app was made for."""
    return request.app.state.service


async def caller_of(request: Request) -> Caller:
    """Who asks, if there is a key or none is needed, and not too often.

    Raises:
        Problem: `rate_limited`, `key_missing`, `key_unknown` or `loopback_only`.
    """
    return await _caller(request, _token(request))


async def viewer_of(
    request: Request,
    key: Annotated[
        str, Query(max_length=200, description="A search key, for pages: `<img>` sends no header.")
    ] = "",
) -> Caller:
    """Who looks at a photo; a search key may stand in the address, where any page shows it anyway.

    Raises:
        Problem: `key_insufficient`: an admin key stands in the address; or as `caller_of`.
    """
    sent = _token(request)
    caller = await _caller(request, sent or key)
    if key and not sent and caller.kind != "search":
        raise Problem("key_insufficient", "an admin key never belongs in an address: revoke it")
    return caller


async def _caller(request: Request, token: str) -> Caller:
    service = service_of(request)
    address = address_of(request)
    record = await service.keys.find(token) if token else None
    if wait_s := service.rates.take((record.key_id if record else "", address)):
        raise Problem(
            "rate_limited",
            f"too many requests from this key and address; go on in {wait_s} s",
            headers={"Retry-After": str(wait_s)},
        )
    if record:
        return Caller(record.kind, record.key_id, address)
    if token:
        raise Problem("key_unknown", "the key is not known, or was revoked", headers=_ASK)
    if await service.keys.ever_made():
        raise Problem("key_missing", "send a key as Authorization: Bearer KEY", headers=_ASK)
    if not is_local(request):
        raise Problem(
            "loopback_only",
            "this shop has no keys yet, so only this computer is served; "
            "make one: vitrine keys create --shop PATH",
        )
    return Caller("admin", "", address)


async def admin_of(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
    """Who asks, if that is an admin.

    Raises:
        Problem: `key_insufficient`, or as `caller_of`.
    """
    if caller.kind != "admin":
        raise Problem("key_insufficient", "a search key cannot do this; send an admin key")
    return caller


ServiceHere: TypeAlias = Annotated[Service, Depends(service_of)]


def is_local(request: Request) -> bool:
    """Whether a program on this computer asks by itself, not a proxy for somebody else."""
    forwarded = any(name in request.headers for name in _FORWARDED)
    return not forwarded and request.client is not None and is_loopback(request.client.host)


def is_loopback(host: str) -> bool:
    """Whether a host is this computer itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() in _LOCAL_NAMES


_ASK = {"WWW-Authenticate": "Bearer"}


def _token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    return request.headers.get("x-api-key", "").strip()


def address_of(request: Request) -> str:
    """The caller's address; of IPv6 the network, because one caller has all of it."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return f"{int(address) >> (128 - _IPV6_NETWORK_BITS):x}"


def _place(origin: str) -> str:
    """Host and port of an origin, as the header Host has them."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
