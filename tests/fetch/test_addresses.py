"""Which addresses a shop's photo may come from."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrine.fetch import private_too, public_only

_PUBLIC = ["8.8.8.8", "93.184.216.34", "172.15.255.255", "172.32.0.0", "2606:4700::1111"]
_PRIVATE = {
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "::1": "loopback",
    "10.0.0.1": "private",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.168.1.1": "private",
    "100.64.0.1": "private",
    "fd12:3456::1": "private",
    "64:ff9b::a00:1": "private",
}
_NEVER = {
    "169.254.169.254": "cloud metadata",
    "100.100.100.200": "cloud metadata",
    "168.63.129.16": "cloud metadata",
    "192.0.0.192": "cloud metadata",
    "fd00:ec2::254": "cloud metadata",
    "64:ff9b::a9fe:a9fe": "cloud metadata",
    "169.254.1.1": "link-local",
    "fe80::1": "link-local",
    "fe80::1%1": "link-local",
    "0.0.0.0": "unspecified",
    "0.1.2.3": "unspecified",
    "::": "unspecified",
    "224.0.0.1": "multicast",
    "239.255.255.250": "multicast",
    "ff02::1": "multicast",
    "255.255.255.255": "reserved",
    "240.0.0.1": "reserved",
    "192.0.2.1": "reserved",
    "198.18.0.1": "reserved",
    "2001:db8::1": "reserved",
    "2001::1": "reserved",
    "::7f00:1": "reserved",
    "fec0::1": "reserved",
    "64:ff9b:1::1": "reserved",
    "::ffff:127.0.0.1": "IPv4 inside IPv6",
    "::ffff:8.8.8.8": "IPv4 inside IPv6",
    "2002:7f00:1::": "IPv4 inside IPv6",
}


@pytest.mark.parametrize("address", [*_PUBLIC, "64:ff9b::808:808"])
def test_public_addresses_are_allowed(address: str) -> None:
    assert public_only(ip_address(address), 80) == ""
    assert private_too(ip_address(address), 80) == ""


@pytest.mark.parametrize(("address", "kind"), _PRIVATE.items())
def test_private_addresses_are_allowed_only_on_request(address: str, kind: str) -> None:
    assert public_only(ip_address(address), 80) == kind
    assert private_too(ip_address(address), 80) == ""


@pytest.mark.parametrize(("address", "kind"), _NEVER.items())
def test_the_rest_is_never_allowed(address: str, kind: str) -> None:
    assert public_only(ip_address(address), 80) == kind
    assert private_too(ip_address(address), 80) == kind


@given(st.ip_addresses())
def test_what_is_allowed_is_global_by_pythons_own_tables(
    address: IPv4Address | IPv6Address,
) -> None:
    if public_only(address, 443) == "":
        assert address.is_global
        assert not address.is_multicast
        assert not address.is_private


@given(st.ip_addresses(v=4))
def test_global_unicast_is_allowed(address: IPv4Address) -> None:
    assert (public_only(address, 443) == "") == (
        address.is_global and not address.is_multicast
    ) or str(address).startswith(("192.0.0.", "192.88.99.", "168.63.129.16"))
