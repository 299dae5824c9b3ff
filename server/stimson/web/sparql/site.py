"""This site: the settings, the engine, the snapshot and more that every view needs; its address.

An answer has to hold the address where RDF and JSON know no relative one. Whoever asks writes the
Host header, so what is made of it is for them alone: no cache that others share may keep it. It
is taken out of the request before the views are asked; so none of them, nor the framework around
them, can put it into an address by mistake, or stumble over a host that is no name.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv6Address
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from wsgiref.types import StartResponse, WSGIApplication

from flask import Flask, Response, current_app, g, request

from ...config import Config
from ...engine import Engine
from ...queries import SavedQuery
from ...rdf import Folders
from ...reconcile.name_index import IndexCache
from ...search.index_file import SearchCache
from ...snapshot import Snapshot
from ...snapshot.known_names import KnownNames
from ...validation.sandbox.validation_server import ValidationServer
from ..ops.operation import Operation
from .protocol import Edition

_HOST = "stimson.host"
_NAME = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|[0-9A-Za-z._~-]{1,253})(?::[0-9]{1,5})?")
_USUAL = {"http": ":80", "https": ":443"}
_USED = "host_is_used"


@dataclass(frozen=True, slots=True)
class Site:
    """The values an application was made with; `folders` hold the rules and shapes it shows."""

    config: Config
    engine: Engine
    snapshot: Snapshot
    queries: dict[str, SavedQuery]
    checkers: ValidationServer
    operation: Operation
    folders: Folders
    known_names: KnownNames
    index_cache: IndexCache = field(default_factory=IndexCache)
    search_cache: SearchCache = field(default_factory=SearchCache)

    @property
    def is_ours(self) -> bool:
        """Tell whether the graph that is served is our own, not somebody's files."""
        return "files" not in self.snapshot.manifest

    @property
    def edition(self) -> Edition:
        """What responses depend on, beside what is asked."""
        return Edition.of(self.snapshot, self.config)


def site() -> Site:
    """Find the values of the application that handles the current request."""
    found: Site = current_app.extensions["stimson"]
    return found


def register(app: Flask) -> None:
    """Keep Host from the views of `app`, and what they make of it from shared caches."""
    app.wsgi_app = hide_host(app.wsgi_app)  # type: ignore[assignment]
    app.url_map.merge_slashes = False  # else addresses with two are sent on to whatever host
    app.after_request(_keep_private)
    app.after_request(_stay_here)


def base_url() -> str:
    """The address of this site as the public knows it; without one set, as it was asked."""
    if known := site().config.public_url:
        return known.rstrip("/")
    setattr(g, _USED, True)
    return f"{request.scheme}://{_host()}"


def hide_host(application: WSGIApplication) -> WSGIApplication:
    """Make the application that takes Host out of a request before `application` sees it."""

    def ask(environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        environ[_HOST] = environ.pop("HTTP_HOST", "")
        return application(environ, start)

    return ask


def _host() -> str:
    """The host that was asked for; if that is no name of one, where the request came in."""
    asked: str = request.environ.get(_HOST, "")
    name = asked if _is_name(asked) else request.host
    return name.removesuffix(_USUAL.get(request.scheme, ""))


def _is_name(host: str) -> bool:
    match = _NAME.fullmatch(host)
    return match is not None and (match[1] is None or _is_ipv6(match[1]))


def _is_ipv6(text: str) -> bool:
    try:
        return bool(IPv6Address(text).packed)
    except ValueError:
        return False


def _stay_here(response: Response) -> Response:
    """Write where the framework sends on to from the root: no proxy gets that wrong."""
    place = urlsplit(response.headers.get("Location", ""))
    if place.netloc == request.host:
        response.headers["Location"] = urlunsplit(("", "", place.path, place.query, ""))
    return response


def _keep_private(response: Response) -> Response:
    if _USED in g and not response.cache_control.no_store:
        response.cache_control.public = False
        response.cache_control.private = True
        response.cache_control.max_age = 0
        response.cache_control.must_revalidate = True
    return response
