"""``/compare``: how two sources, or two who speak, tell of one thing; and who contradicts whom.

``/compare.csv`` and ``/compare.json`` hold the conflicts, ``/compare.svg`` the network of them.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, Response, render_template

from ...errors import InvalidParameter
from ..sparql.site import base_url
from ..sparql.term_view import local_path
from . import inputs, responses
from .claim_records import ClaimBook, ClaimRecord, ConflictRecord, claim_book
from .conflict_network import draw

blueprint = Blueprint("compare", __name__, template_folder="templates")
_PATH = "/compare"
_PARAMETERS = ("on", "one", "other")
_MOST = 60  # claims in one column
_LISTED = 50  # pairs in the table of who contradicts whom
_COLUMNS = {
    "conflict_iri": "the conflict",
    "kind": "on what the claims disagree",
    "reason": "why they cannot both hold",
    "one": "one claim",
    "one_iri": "its IRI",
    "one_according_to": "who makes it, or for whom it is made",
    "one_read_in": "the source",
    "other": "the other claim",
    "other_iri": "its IRI",
    "other_according_to": "who makes it, or for whom it is made",
    "other_read_in": "the source",
}


@dataclass(frozen=True, slots=True)
class ClaimComparison:
    """Which claims are compared; what is empty leaves all."""

    on: str
    one: str
    other: str

    def of(self, book: ClaimBook, teller: str) -> list[ClaimRecord]:
        """Find the claims of a teller on the thing."""
        return [
            each
            for each in book.claims.values()
            if teller in each.tellers and (not self.on or self.on in each.things)
        ]

    def conflicts(self, book: ClaimBook) -> list[tuple[ConflictRecord, ClaimRecord, ClaimRecord]]:
        """Find the conflicts, with the claim of the one on the left."""
        found = []
        for each in book.conflicts:
            left, right = book.claims[each.one], book.claims[each.other]
            if not self._is_between(left, right):
                left, right = right, left
            is_on = not self.on or self.on in left.things | right.things
            if is_on and self._is_between(left, right):
                found.append((each, left, right))
        return found

    def _is_between(self, left: ClaimRecord, right: ClaimRecord) -> bool:
        return (not self.one or self.one in left.tellers) and (
            not self.other or self.other in right.tellers
        )


@blueprint.get(_PATH)
@blueprint.get(f"{_PATH}.<any(csv, json, svg):ending>")
def compare(ending: str = "") -> Response:
    """Answer with what two say, side by side."""
    inputs.refuse_others(_PARAMETERS)
    book = claim_book()
    wanted = ClaimComparison(
        inputs.read_thing("on", book.things, "thing of which a claim is made"),
        inputs.read_thing("one", book.tellers, "source or claimant"),
        inputs.read_thing("other", book.tellers, "source or claimant"),
    )
    if wanted.one and wanted.one == wanted.other:
        raise InvalidParameter("one and other are the same: choose two that are not.")
    given = {name: inputs.short(getattr(wanted, name)) for name in _PARAMETERS}
    found = wanted.conflicts(book)
    rows = (_row(book, each) for each in found)
    return responses.answer(
        _PATH,
        ending,
        inputs.address(_PATH, given),
        {
            "text/html": lambda: _page(book, wanted, found, given),
            "text/csv": lambda: responses.as_csv(_COLUMNS, rows),
            responses.JSON: lambda: responses.as_json(_about(given), rows),
            responses.SVG: lambda: _picture(book, found, given),
        },
    )


Found = list[tuple[ConflictRecord, ClaimRecord, ClaimRecord]]


def sides(found: Found) -> Counter[tuple[str, str]]:
    """Count the conflicts between each two sides; those within one side are between it and it."""
    pairs = (sorted((left.side, right.side)) for _, left, right in found)
    return Counter((one, other) for one, other in pairs)


def _page(book: ClaimBook, wanted: ClaimComparison, found: Found, given: dict[str, str]) -> str:
    counted = sides(found)
    columns = [_column(book, wanted, teller) for teller in (wanted.one, wanted.other) if teller]
    return render_template(
        "compare.html",
        book=book,
        wanted=wanted,
        found=found[:_MOST],
        total=len(found),
        columns=columns,
        pairs=[
            (one, other, number, inputs.address(_PATH, given, one=_s(one), other=_s(other)))
            for (one, other), number in counted.most_common(_LISTED)
        ],
        pairs_total=len(counted),
        picture=draw(counted, book.label, _link),
        title=" and ".join(column[0] for column in columns),
        thing=book.label(wanted.on) if wanted.on else "",
        form={
            "on": _options(book.things, given["on"]),
            "one": _options(book.tellers, given["one"]),
            "other": _options(book.tellers, given["other"]),
        },
        downloads=[
            (ending.upper(), inputs.address(f"{_PATH}.{ending}", given))
            for ending in responses.ENDINGS
        ],
        said=lambda each: inputs.between(each.start, each.end),
        link=_link,
    )


def _picture(book: ClaimBook, found: Found, given: dict[str, str]) -> Response:
    caption = [
        "A line: claims of the two contradict each other; the broader, the more.",
        responses.origin(inputs.address(_PATH, given)),
    ]
    picture = draw(sides(found), book.label, _link)
    return responses.as_picture("compare.svg", picture=picture, caption=caption)


def _column(
    book: ClaimBook, wanted: ClaimComparison, teller: str
) -> tuple[str, str, list[list[ClaimRecord]], int, int]:
    """List the claims of a teller in the order of time, those of one statement together."""
    claims = wanted.of(book, teller)
    claims.sort(key=lambda each: (each.end or each.start or "9", each.statement, each.claim))
    shown = claims[:_MOST]
    together = [list(each) for _, each in groupby(shown, key=lambda each: each.statement)]
    return book.label(teller), _link(teller), together, len(shown), len(claims)


def _options(labels: Mapping[str, str], chosen: str) -> list[inputs.Option]:
    found = inputs.options(labels, "")
    return [each._replace(is_chosen=bool(chosen) and each.value == chosen) for each in found]


def _s(iri: str) -> str:
    return inputs.short(iri)


def _link(iri: str) -> str:
    return local_path(iri) or ""


def _about(given: Mapping[str, str]) -> Mapping[str, object]:
    return {
        "title": "Claims that contradict each other",
        "address": f"{base_url()}{inputs.address(_PATH, given)}",
        "chosen": {name: value for name, value in given.items() if value},
        "columns": _COLUMNS,
        "note": "Only conflicts that are recorded with a reason; apparent conflicts are none.",
    }


def _row(book: ClaimBook, each: tuple[ConflictRecord, ClaimRecord, ClaimRecord]) -> dict[str, str]:
    conflict, left, right = each
    row = {"conflict_iri": conflict.conflict, "kind": conflict.kind, "reason": conflict.reason}
    for name, claim in (("one", left), ("other", right)):
        row[name] = claim.label
        row[f"{name}_iri"] = claim.claim
        row[f"{name}_according_to"] = book.label(claim.side)
        row[f"{name}_read_in"] = book.label(claim.source) if claim.source else ""
    return row
