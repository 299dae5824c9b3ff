"""Read the JSON of an entity (https://doc.wikimedia.org/Wikibase/master/php/docs_topics_json.html).

Kept are labels and aliases in our languages, and the statements with the properties we
compare, each with its rank and all of its qualifiers.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from ...rdf import Term, named
from . import LANGUAGES, PROPERTIES, RANKS, ItemStatement, WikidataItem
from .item_graph import ENTITY

_ITEM = re.compile(r"Q[1-9]\d*")
_TIME = re.compile(r"\+(\d{4})-(\d\d)-(\d\d)T.*")
_GREGORIAN = "Q1985727"
# By the precision that Wikibase gives: 9 for a year, 10 for a month, 11 for a day.
_DATES = {9: ("xsd:gYear", 1), 10: ("xsd:gYearMonth", 2), 11: ("xsd:date", 3)}
# What is known to exist, and not what it is, has a name there (see Wikibase's RDF).
_UNKNOWN = "http://www.wikidata.org/.well-known/genid/"


class NotAnEntity(ValueError):
    """JSON that is not what Wikidata sends for an item."""


def read_entity(body: bytes, wanted: str) -> list[WikidataItem]:
    """Read what was sent for an item, or raise `NotAnEntity` that says why it cannot be.

    An item that has been merged into another one comes as this other one: both are given.
    """
    try:
        sent = json.loads(body)
        entity = _entity(sent, wanted)
        found = _item(entity)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as fault:
        if isinstance(fault, NotAnEntity):
            raise
        raise NotAnEntity(f"{type(fault).__name__}: {fault}") from fault
    return [found] if found.id == wanted else [WikidataItem(wanted, redirect=found.id), found]


def complaint(body: bytes) -> str:
    """Give the code of an error that came in place of an entity, ``maxlag`` for example."""
    try:
        sent = json.loads(body)
        return str(sent["error"]["code"])
    except (ValueError, KeyError, TypeError):
        return ""


def _entity(sent: Any, wanted: str) -> Mapping[str, Any]:
    """Take the one entity out of what was sent."""
    entities = sent["entities"]
    if not isinstance(entities, dict) or len(entities) != 1:
        raise NotAnEntity("it does not hold exactly one entity")
    ((key, entity),) = entities.items()
    if not isinstance(entity, dict) or entity.get("id") != key or not _ITEM.fullmatch(key):
        raise NotAnEntity(f"it is not of an item, but of {key!r}")
    if key != wanted and "missing" in entity:
        raise NotAnEntity(f"{key} is missing")
    return entity


def _item(entity: Mapping[str, Any]) -> WikidataItem:
    # An empty table comes as an empty list.
    labels, aliases = entity["labels"] or {}, entity["aliases"] or {}
    claims = entity["claims"] or {}
    statements = (
        _statement(claim) for name in sorted(PROPERTIES) for claim in claims.get(name, ())
    )
    return WikidataItem(
        entity["id"],
        {code: labels[code]["value"] for code in sorted(LANGUAGES) if code in labels},
        {
            code: tuple(sorted({alias["value"] for alias in aliases[code]}))
            for code in sorted(LANGUAGES)
            if aliases.get(code)
        },
        tuple(sorted(statements, key=lambda each: (each.property, each.id))),
        int(entity["lastrevid"]),
        str(entity["modified"]),
    )


def _statement(claim: Mapping[str, Any]) -> ItemStatement:
    main, rank, id_ = claim["mainsnak"], claim["rank"], str(claim["id"])
    if rank not in RANKS or not re.fullmatch(r"[A-Za-z0-9$-]+", id_):
        raise NotAnEntity(f"statement {id_!r} has rank {rank!r}")
    qualifiers = (
        (name, _value(snak, f"{id_}-{name}-{number}"))
        for name, snaks in (claim.get("qualifiers") or {}).items()
        for number, snak in enumerate(snaks)
    )
    ordered = sorted(qualifiers, key=lambda pair: (pair[0], str(pair[1])))
    return ItemStatement(id_, main["property"], _value(main, id_), rank, tuple(ordered))


def _value(snak: Mapping[str, Any], place: str) -> Term | None:
    if snak["snaktype"] == "novalue":
        return None
    if snak["snaktype"] == "somevalue":
        return ox.NamedNode(f"{_UNKNOWN}{place.replace('$', '-')}")
    kind, value = snak["datavalue"]["type"], snak["datavalue"]["value"]
    return next(_terms(kind, value))


def _terms(kind: str, value: Any) -> Iterator[Term]:
    """Write a value as Wikibase's RDF does; what it has no simple form for, as JSON."""
    if kind == "wikibase-entityid":
        yield ox.NamedNode(f"{ENTITY}{value['id']}")
    elif kind == "string":
        yield ox.Literal(value)
    elif kind == "monolingualtext":
        yield ox.Literal(value["text"], language=value["language"])
    elif kind == "globecoordinate":
        point = f"Point({value['longitude']} {value['latitude']})"
        yield ox.Literal(point, datatype=named("geo:wktLiteral"))
    elif kind == "quantity":
        yield ox.Literal(value["amount"], datatype=named("xsd:decimal"))
    elif kind == "time":
        yield _time(value)
    else:
        yield ox.Literal(json.dumps(value, ensure_ascii=False, sort_keys=True))


def _time(value: Mapping[str, Any]) -> ox.Literal:
    """Write a date with its precision; one that XML Schema cannot say stays as it came."""
    found = _TIME.fullmatch(value["time"])
    form = _DATES.get(value["precision"])
    if found is None or form is None or not value["calendarmodel"].endswith(_GREGORIAN):
        return ox.Literal(value["time"])
    datatype, parts = form
    return ox.Literal("-".join(found.groups()[:parts]), datatype=named(datatype))
