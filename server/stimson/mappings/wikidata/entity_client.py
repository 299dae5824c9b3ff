"""Ask Wikidata for one item at a time, over one connection, as its etiquette wants it; and read it.

https://www.mediawiki.org/wiki/API:Etiquette
https://foundation.wikimedia.org/wiki/Policy:Wikimedia_Foundation_User-Agent_Policy
https://doc.wikimedia.org/Wikibase/master/php/docs_topics_json.html

Kept are labels and aliases in our languages, and the statements with the properties we
compare, each with its rank and all of its qualifiers.
"""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import pyoxigraph as ox

from ...errors import (
    FetchFailed,
    PeerError,
    PeerTooLarge,
    StimsonError,
)
from ...http import (
    HttpClient,
    HttpLimits,
    HttpRequest,
    HttpResponse,
    RetryPolicy,
    TemporaryFailure,
    read_url,
    user_agent,
)
from ...rdf import Term, named
from . import LANGUAGES, PROPERTIES, RANKS, ItemStatement, WikidataItem
from .item_graph import ENTITY

_CONTACT = re.compile(r"[^\s@()<>]+@[^\s@()<>]+\.[^\s@()<>]+|https?://[^\s()<>]+")
_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 5
_GONE = (404, 410)
RETRIES = RetryPolicy(
    attempts=6,
    attempts_after_loss=6,
    first_wait=2.0,
    longest_asked=600.0,
    jitter=0.5,
    statuses=frozenset((408, 425, 429, 500, 502, 503, 504)),
)
_ITEM = re.compile(r"Q[1-9]\d*")
_TIME = re.compile(r"\+(\d{4})-(\d\d)-(\d\d)T.*")
_GREGORIAN = "Q1985727"
# By the precision that Wikibase gives: 9 for a year, 10 for a month, 11 for a day.
_DATES = {9: ("xsd:gYear", 1), 10: ("xsd:gYearMonth", 2), 11: ("xsd:date", 3)}
# What is known to exist, and not what it is, has a name there (see Wikibase's RDF).
_UNKNOWN = "http://www.wikidata.org/.well-known/genid/"
# The largest item has a tenth of that size.
LIMITS = HttpLimits(connect=30.0, idle=30.0, total=120.0, size=32 * 2**20, rate=1.0)


class NotAnEntity(ValueError):
    """JSON that is not what Wikidata sends for an item."""


@dataclass(frozen=True, slots=True)
class ItemResponse:
    """What came for an item: a status, and with 200 what it holds and which version it is."""

    status: int
    items: tuple[WikidataItem, ...] = ()
    etag: str = ""
    last_modified: str = ""


def agent_with_contact(contact: str) -> str:
    """Say who asks and how to reach them, or raise `StimsonError` if that cannot be told."""
    if not _CONTACT.fullmatch(contact):
        raise StimsonError(
            "Wikidata wants to know whom to write to: give your mail address or web page with "
            "--user-agent-contact, or by STIMSON_WIKIDATA_CONTACT."
        )
    return user_agent(contact)


class WikidataClient:
    """Fetches items from `endpoint`; `tell` is told of every wait."""

    def __init__(
        self,
        endpoint: str,
        agent: str,
        tell: Callable[[str], None] = lambda text: None,
        *,
        retries: RetryPolicy = RETRIES,
        limits: HttpLimits = LIMITS,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        url = read_url("--endpoint", endpoint)
        self._url = url if url.path.endswith("/") else url.at(f"{url.path}/")
        self._retries, self._tell, self._asked = retries, tell, ""
        self._http = HttpClient(
            self._url, retries, limits, agent=agent, sleep=sleep, tell=self._tell_of_wait
        )

    def fetch(self, id_: str, etag: str = "", last_modified: str = "") -> ItemResponse:
        """Ask for an item, or for what is new of it, until there is a status of 200, 304 or 404.

        `FetchFailed` says why there is none and what to do.
        """
        self._asked = id_
        known = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        try:
            return self._follow(id_, {name: text for name, text in known.items() if text})
        except PeerTooLarge as fault:
            problem = f"{id_}: {self._url.host} {fault.problem}; check --endpoint."
            raise FetchFailed(problem) from fault
        except PeerError as fault:
            raise self._given_up(id_, fault) from fault

    def close(self) -> None:
        """End the connection, for good."""
        self._http.close()

    def _follow(self, id_: str, conditions: Mapping[str, str]) -> ItemResponse:
        """Send a request, and go where the server redirects it to."""
        headers = {"Accept": "application/json", "Accept-Encoding": "gzip", **conditions}
        url = self._url.at(f"{self._url.path}{id_}.json")
        for _ in range(_MOST_REDIRECTS + 1):
            found = self._http.ask(
                HttpRequest("GET", url.target(), headers),
                lambda response: self._read(response, id_, is_conditional=bool(conditions)),
            )
            if isinstance(found, ItemResponse):
                return found
            place = urljoin(str(url), found)
            url = read_url(f"{id_}, redirected", place)
            if url.server != self._url.server:
                raise FetchFailed(
                    f"{id_}: {self._url.host} redirects to {place}, another host; name "
                    "this one with --endpoint if it is meant."
                )
        raise FetchFailed(f"{id_}: more than {_MOST_REDIRECTS} redirects; check --endpoint.")

    def _read(
        self, response: HttpResponse, id_: str, *, is_conditional: bool
    ) -> ItemResponse | str:
        """Read a response, or give the address that it redirects to."""
        status = response.status
        if status in _REDIRECTS and (place := response.headers.get("Location")):
            return place
        if status in _GONE or (status == 304 and is_conditional):
            return ItemResponse(status)
        if status != 200:
            response.close()
            raise FetchFailed(f"{id_}: {self._url.host} answers {status}{_advice(status)}.")
        body = response.read()
        # A host that lags behind says so with status 200, and an error in the body.
        if code := _complaint(body):
            raise TemporaryFailure(str(self._url), f"says {code}", response.retry_after, response)
        try:
            items = read_entity(body, id_)
        except NotAnEntity as fault:
            problem = f"did not send the JSON of an item ({fault})"
            raise TemporaryFailure(str(self._url), problem, None, response) from fault
        etag = response.headers.get("ETag", "")
        return ItemResponse(status, tuple(items), etag, response.headers.get("Last-Modified", ""))

    def _given_up(self, id_: str, fault: PeerError) -> FetchFailed:
        """Say why no more is tried, and when to go on."""
        asked = fault.retry_after if isinstance(fault, TemporaryFailure) else None
        if asked is not None and asked > self._retries.longest_asked:
            return FetchFailed(
                f"{self._url.host} asks to come back in {asked:.0f} seconds "
                f"(it {fault.problem}); go on then with --resume."
            )
        return FetchFailed(
            f"{id_}: {self._url.host} {fault.problem}, {self._retries.attempts} times in a row; "
            "go on later with --resume."
        )

    def _tell_of_wait(self, fault: PeerError, seconds: float) -> None:
        self._tell(f"{self._asked}: {self._url.host} {fault.problem}; waiting {seconds:.1f} s")


def _advice(status: int) -> str:
    if status in (401, 403):
        return "; it may know your contact as one to block: read its policy on user agents"
    return "; check --endpoint"


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


def _complaint(body: bytes) -> str:
    """Give the code of an error that came in place of an entity, ``maxlag`` for example."""
    try:
        sent = json.loads(body)
        return str(sent["error"]["code"])
    except (ValueError, KeyError, TypeError):
        return ""


def _entity(sent: Any, wanted: str) -> Mapping[str, Any]:
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
