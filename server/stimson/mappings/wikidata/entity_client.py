"""Ask Wikidata for one item at a time, over one connection, as its etiquette wants it.

https://www.mediawiki.org/wiki/API:Etiquette
https://foundation.wikimedia.org/wiki/Policy:Wikimedia_Foundation_User-Agent_Policy
"""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

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
from . import WikidataItem
from .entity_json import NotAnEntity, complaint, read_entity

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
# The largest item has a tenth of that size.
LIMITS = HttpLimits(connect=30.0, idle=30.0, total=120.0, size=32 * 2**20, rate=1.0)


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
        if code := complaint(body):
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
