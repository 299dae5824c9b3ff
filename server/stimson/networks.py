"""Addresses and networks of IP, in whatever way they are written."""

import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from .errors import StimsonError

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network
_LONGEST = 100  # characters: an address, a zone and a port
_REMEMBERED = 4096  # addresses
_MAPPED = 96  # bits before an IPv4 address within IPv6
_WITH_PORT = re.compile(r'"?(?:\[([^\]]*)\](?::\d+)?|([\d.]+):\d+)"?')


def canonical(written: str) -> str:
    """Write an address in one way, however it was written; what is none stays as it is.

    An IPv4 address mapped into IPv6 (RFC 4291, section 2.5.5.2), as a socket of IPv6 gives it,
    is written as IPv4. A port and a zone (RFC 4007) are left out.
    """
    return _write(written) if len(written) <= _LONGEST else written


def read_address(written: str) -> IPAddress | None:
    """Read an address, with or without a port; None for what is none."""
    return _parse(written) if len(written) <= _LONGEST else None


def read_networks(name: str, listed: str) -> list[IPNetwork]:
    """Read a list of networks (CIDR), or raise `StimsonError` that speaks of it as `name`."""
    try:
        return [_unmap(ip_network(part.strip())) for part in listed.split(",") if part.strip()]
    except ValueError as fault:
        raise StimsonError(f"{name}={listed!r}: {fault}.") from fault


def is_within(address: str, networks: Iterable[IPNetwork]) -> bool:
    """Tell whether an address is in one of the networks; what is no address is in none."""
    found = read_address(address)
    return found is not None and any(found in network for network in networks)


@lru_cache(_REMEMBERED)  # writing one takes longer than all else that is done with it
def _write(written: str) -> str:
    found = _parse(written)
    return written if found is None else str(found)


@lru_cache(_REMEMBERED)
def _parse(written: str) -> IPAddress | None:
    text = written.strip()
    if match := _WITH_PORT.fullmatch(text):
        text = match[1] or match[2] or ""
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _unmap(network: IPNetwork) -> IPNetwork:
    first = getattr(network.network_address, "ipv4_mapped", None)
    return IPv4Network((first, network.prefixlen - _MAPPED)) if first else network
