"""What must be right in the head of a request before anything is made of it (RFC 9112)."""

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import NamedTuple

Headers = Iterable[tuple[bytes, bytes]]  # names in lower case
# A name whose labels a resolver could look up, or an address in brackets; then a port.
_HOST = re.compile(
    rb"(?:(?:[A-Za-z0-9_-]{1,63}\.)*[A-Za-z0-9_-]{1,63}\.?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?"
)
_LONGEST_NAME = 253 + len(":65535")  # characters (RFC 1035, section 2.3.4)


class Refusal(NamedTuple):
    """Why a request is not taken: a kind of problem, in a few words and in a sentence."""

    status: int
    slug: str
    title: str
    detail: str


def refuse(status: HTTPStatus, detail: str) -> Refusal:
    """Refuse with a kind of problem that HTTP has a name for."""
    return Refusal(status, status.phrase.lower().replace(" ", "-"), status.phrase, detail)


def fault_in(version: str, headers: Headers) -> Refusal | None:
    """Find out why a request of HTTP/`version` with these headers is not to be answered."""
    hosts: list[bytes] = []
    for name, value in headers:
        if name == b"host":
            hosts.append(value)
        elif name == b"transfer-encoding" and value.lower() != b"chunked":
            return refuse(
                HTTPStatus.NOT_IMPLEMENTED, "Of transfer codings, only `chunked` is read here."
            )
    if len(hosts) > 1 or (not hosts and version >= "1.1"):
        return _wrong(f"A request has one header `Host`: this one has {len(hosts) or 'none'}.")
    if hosts and not (len(hosts[0]) <= _LONGEST_NAME and _HOST.fullmatch(hosts[0])):
        return _wrong("The header `Host` is the name or address of a host, and a port.")
    return None


def _wrong(detail: str) -> Refusal:
    return refuse(HTTPStatus.BAD_REQUEST, detail)
