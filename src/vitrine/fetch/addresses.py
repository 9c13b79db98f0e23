"""Which addresses may be connected to: public ones, and private ones where a shop says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import TypeAlias

IPAddress: TypeAlias = IPv4Address | IPv6Address
AddressRule: TypeAlias = Callable[[IPAddress, int], str]
"""(address, port) -> why it is refused, or "" when it may be connected to."""

_Table: TypeAlias = dict[str, tuple[IPv4Network | IPv6Network, ...]]


def public_only(address: IPAddress, port: int) -> str:
    """Allow what the whole internet can reach; any port.

    The tables are our own because `ipaddress.is_global` changes between Python releases. Sources:
    the IANA special-purpose registries for IPv4 and IPv6, and the clouds' metadata addresses.
    An address behind the well-known NAT64 prefix is judged by the IPv4 address that it carries.

    Example:
        >>> from ipaddress import ip_address
        >>> public_only(ip_address("10.1.2.3"), 80)
        'private'
        >>> public_only(ip_address("::ffff:8.8.8.8"), 80)
        'IPv4 inside IPv6'
        >>> public_only(ip_address("8.8.8.8"), 80)
        ''
    """
    return _never(address) or _kind(_real(address), _PRIVATE)


def private_too(address: IPAddress, port: int) -> str:
    """Allow private and loopback addresses as well, for a shop on one's own network.

    Link-local, metadata, multicast and reserved addresses stay refused.

    Example:
        >>> from ipaddress import ip_address
        >>> private_too(ip_address("10.1.2.3"), 80)
        ''
        >>> private_too(ip_address("169.254.169.254"), 80)
        'cloud metadata'
    """
    return _never(address)


def _networks(*texts: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(text) for text in texts)


_NAT64 = IPv6Network("64:ff9b::/96")
_UNICAST = IPv6Network("2000::/3")

_NEVER: _Table = {
    "cloud metadata": _networks(
        "169.254.169.254/32",
        "169.254.170.2/32",
        "100.100.100.200/32",
        "168.63.129.16/32",
        "192.0.0.192/32",
        "fd00:ec2::/32",
        "fd20:ce::254/128",
    ),
    "link-local": _networks("169.254.0.0/16", "fe80::/10"),
    "unspecified": _networks("0.0.0.0/8", "::/128"),
    "multicast": _networks("224.0.0.0/4", "ff00::/8"),
    "reserved": _networks(
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "240.0.0.0/4",
        "2001::/23",
        "2001:db8::/32",
        "3fff::/20",
    ),
    "IPv4 inside IPv6": _networks("::ffff:0:0/96", "2002::/16"),
}

_PRIVATE: _Table = {
    "loopback": _networks("127.0.0.0/8", "::1/128"),
    "private": _networks(
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"
    ),
}


def _never(address: IPAddress) -> str:
    address = _real(address)
    if kind := _kind(address, _NEVER):
        return kind
    known = address.version == 4 or address in _UNICAST or _kind(address, _PRIVATE)
    return "" if known else "reserved"


def _real(address: IPAddress) -> IPAddress:
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else address


def _kind(address: IPAddress, table: _Table) -> str:
    return next((kind for kind, networks in table.items() if _inside(address, networks)), "")


def _inside(address: IPAddress, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    return any(address in network for network in networks)
