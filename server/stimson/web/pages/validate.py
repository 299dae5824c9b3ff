"""Check a contribution: its RDF in, a report out; and a page with a form for it.

The report comes with 200 whether or not the contribution conforms, and also where it does
not parse: each is what the client asked to know. `Stimson-Conforms` tells them apart.
"""

from dataclasses import dataclass
from pathlib import PurePath, PureWindowsPath
from typing import Any

from flask import Blueprint, Response, json, render_template, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from ...validation.reports import FORMATS
from ...validation.sandbox import MEDIA_TYPES, Submission, SubmissionResult
from ..sparql.flask_responses import accepted
from ..sparql.negotiation import ALIASES, HTML, TITLES, TURTLE, choose, content_type, not_acceptable
from ..sparql.protocol import FORM, refuse_encodings
from ..sparql.site import base_url, site
from ..sparql.uploads import MULTIPART, read_body, read_form

blueprint = Blueprint("validate", __name__)
CONFORMS = "Stimson-Conforms"
PAGE = "page"  # the report as a page of this site
_JSON = "json"
_SHOWN = 200  # findings on one page; the other formats hold all
_WIDTH = 160  # characters of a source line on the page
_LONGEST = 100  # characters of a name
_SUFFIXES = {
    ".ttl": TURTLE,
    ".trig": "application/trig",
    ".nt": "application/n-triples",
    ".nq": "application/n-quads",
    ".jsonld": "application/ld+json",
    ".json": "application/ld+json",
    ".rdf": "application/rdf+xml",
    ".owl": "application/rdf+xml",
    ".xml": "application/rdf+xml",
}
_ENDINGS = {media_type: suffix for suffix, media_type in reversed(_SUFFIXES.items())}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A submission, and the text to show again in the form."""

    submission: Submission
    form: str
    text: str = ""


@blueprint.get("/validate")
@blueprint.get("/validate/")
def page() -> str:
    """Show the form."""
    site().checkers.warm()
    return _render()


@blueprint.post("/validate")
@blueprint.post("/validate/")
def validate() -> Response:
    """Check what was sent, and report."""
    with site().checkers.slot():
        try:
            asked = _read()
        except RequestEntityTooLarge as fault:
            problem = f"A contribution may have {site().config.validate_kb} KiB."
            raise RequestEntityTooLarge(problem) from fault
        form = _JSON if asked.form == PAGE else asked.form
        verdict = site().checkers.check(asked.submission, form)
    return _respond(asked, verdict)


def _respond(asked: _Asked, verdict: SubmissionResult) -> Response:
    if asked.form == PAGE:
        response = Response(_render(asked, json.loads(verdict.report)))
    else:
        form = FORMATS[asked.form]
        response = Response(verdict.report, content_type=content_type(form.media_type))
        if form.media_type == HTML:
            # It brings its own style, which the policy of this site's pages does not allow.
            response.headers["Content-Disposition"] = "attachment; filename=report.html"
    response.headers[CONFORMS] = str(verdict.conforms).lower()
    response.vary.add("Accept")
    response.cache_control.no_store = True
    return response


def _read() -> _Asked:
    """Read the contribution, and which report is wanted of it."""
    refuse_encodings(request.headers)
    limit = site().config.validate_kb * 1024
    wanted = request.args.get("format")
    if request.mimetype in (FORM, MULTIPART):
        asked = _from_form(limit, wanted)
    else:
        media_type = _media_type(request.mimetype)
        form = _report_format(wanted)
        content = read_body(limit)
        asked = _Asked(
            Submission(content, media_type, _name(request.args.get("name"), media_type)), form
        )
    if len(asked.submission.content) > limit:
        raise RequestEntityTooLarge
    return asked


def _from_form(limit: int, wanted: str | None) -> _Asked:
    """Read the fields of the form on the page: `text` or `file`, `type`, `format`."""
    form = read_form(limit)
    file, text = form.files.get("file"), form.texts.get("text", "")
    content = file.stream.read() if file is not None else b""
    if bool(content) == bool(text.strip()):
        raise BadRequest("Send either a text or a file that is not empty, and not both.")
    given = (file.filename if content and file is not None else None) or request.args.get("name")
    suffix = PurePath(given or "").suffix.lower()
    media_type = _media_type(form.texts.get("type") or _SUFFIXES.get(suffix, TURTLE))
    report = _report_format(wanted or form.texts.get("format"))
    # A browser ends every line of a text with two characters, which belong to no literal.
    content = content or text.replace("\r\n", "\n").encode()
    return _Asked(Submission(content, media_type, _name(given, media_type)), report, text)


def _media_type(given: str) -> str:
    media_type = ALIASES.get(given, given)
    if media_type not in MEDIA_TYPES:
        known = ", ".join(MEDIA_TYPES)
        raise UnsupportedMediaType(
            f"Name the media type of the body in Content-Type: {known}; or send a form as "
            f"{MULTIPART} or {FORM} with the field `file` or `text`."
        )
    return media_type


def _report_format(wanted: str | None) -> str:
    """Choose the format of the report: by its name, or what the client likes best."""
    if wanted:
        if wanted not in (PAGE, *FORMATS):
            raise not_acceptable((PAGE, *FORMATS))
        return wanted
    offers: dict[str, str] = {FORMATS[_JSON].media_type: _JSON, HTML: PAGE}
    for name, form in FORMATS.items():
        offers.setdefault(form.media_type, name)
    return offers[choose(offers, accepted())]


def _name(given: str | None, media_type: str) -> str:
    """Take the last part of a path, without what could not be read in a report."""
    last = PureWindowsPath(given or "").name  # it parts paths of either kind
    shown = "".join(letter for letter in last if letter.isprintable())[-_LONGEST:]
    return shown or f"submitted{_ENDINGS[media_type]}"


def _render(asked: _Asked | None = None, report: dict[str, Any] | None = None) -> str:
    lines: list[str] = []
    if asked is not None:
        lines = asked.submission.content.decode("utf-8", "replace").split("\n")
    config = site().config
    return render_template(
        "validate.html",
        asked=asked,
        report=report,
        findings=[
            _shown(finding, lines) for finding in (report or {}).get("findings", [])[:_SHOWN]
        ],
        kib=config.validate_kb,
        seconds=config.validate_timeout,
        labels=TITLES,
        endings=_SUFFIXES,
        formats=tuple(FORMATS),
        address=f"{base_url()}/validate",
    )


def _shown(finding: dict[str, Any], lines: list[str]) -> dict[str, Any]:
    """Add to a finding the line of the text where it stands, and how far in."""
    line, column = finding["line"], finding["column"] or 1
    if line is None or line > len(lines):
        return finding
    # A long line is cut so that the place stays in sight.
    start = max(0, column - 1 - _WIDTH // 2) if len(lines[line - 1]) > _WIDTH else 0
    source = lines[line - 1][start : start + _WIDTH].expandtabs(1)
    return finding | {"source": source, "indent": column - 1 - start}
