"""How views answer: as a page, and the same as CSV, JSON and a picture."""

import base64
import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from cachetools import LRUCache
from flask import Response, current_app, json, render_template
from markupsafe import Markup

from ..pages import addresses
from ..sparql.flask_responses import accepted, etag_of, with_etag
from ..sparql.metadata import LICENCE
from ..sparql.negotiation import CSV, HTML, choose, content_type
from ..sparql.site import site

JSON = "application/json"
SVG = "image/svg+xml"
ENDINGS = {"csv": CSV, "json": JSON, "svg": SVG}
_STYLES = "pictures.css"
_PAGES: LRUCache[str, str] = LRUCache(32)  # of some 100 kB
_LOCK = Lock()

Rows = Iterable[Mapping[str, str]]


def media_type_of(ending: str) -> str:
    """Find the media type that is wanted: by the ending of the address, else by Accept."""
    return ENDINGS[ending] if ending else choose((HTML, *ENDINGS.values()), accepted())


def answer(
    path: str, ending: str, here: str, make: Mapping[str, Callable[[], Response | str]]
) -> Response:
    """Answer with what `make` has for the wanted media type, or with 304.

    `here` is the address with all that it says; responses depend on nothing else but the edition.
    """
    media_type = media_type_of(ending)
    tag = etag_of("view", here, media_type)
    made = with_etag(tag, lambda: _kept(tag, make[media_type]))
    if not ending:
        made.vary.add("Accept")
    query = here.removeprefix(path)
    for other, kind in ENDINGS.items():
        if kind != media_type:
            link = f"<{addresses.public()}{path}.{other}{query}>"
            made.headers.add("Link", f'{link}; rel="alternate"; type="{kind}"')
    return made


def _kept(tag: str, make: Callable[[], Response | str]) -> Response | str:
    """Keep pages, which are the same for everybody until the edition changes."""
    with _LOCK:
        page = _PAGES.get(tag)
    if page is not None:
        return page
    made = make()
    if isinstance(made, str):
        with _LOCK:
            _PAGES[tag] = made
    return made


def as_csv(columns: Iterable[str], rows: Rows) -> Response:
    """Write rows as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(columns), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return Response(text.getvalue(), content_type=content_type(CSV))


def as_json(about: Mapping[str, Any], rows: Rows) -> Response:
    """Write rows as JSON, with what they are and which snapshot they are from."""
    edition = {"snapshot": site().snapshot.name}
    if site().is_ours:
        edition["licence"] = LICENCE
    body = json.dumps({**about, **edition, "rows": list(rows)}, ensure_ascii=False, indent=1)
    return Response(body, content_type=JSON)


def as_picture(template: str, **values: Any) -> Response:
    """Draw a picture that stands alone: its styles are in it, and the policy names them."""
    style, digest = _styles(current_app.static_folder or "")
    body = render_template(template, style=Markup(style), **values)
    made = Response(body, content_type=SVG)
    made.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'"
    )
    return made


def origin(here: str) -> str:
    """Say where a picture that stands alone is from."""
    return f"Stimson, {here}, snapshot {site().snapshot.name}"


@lru_cache(4)
def _styles(folder: str) -> tuple[str, str]:
    """Read the styles of pictures, and their digest."""
    style = (Path(folder) / _STYLES).read_text(encoding="utf-8")
    return style, base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
