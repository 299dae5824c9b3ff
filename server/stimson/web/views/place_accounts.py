"""What is said of places, read once for a snapshot: to whom they belong, and who controls them.

Each is an account of somebody, at some time; nothing here is said in the voice of the graph.
"""

from dataclasses import dataclass
from functools import lru_cache

from ... import names
from ..sparql.labels import label
from ..sparql.quads import solutions
from ..sparql.site import site

_ST, _STV = names.ST, names.STV
BELONGING, CONTROL = "belonging", "control"
_MOST = 20_000  # accounts
STANDINGS = {
    "day": "told of that day",
    "before": "told of an earlier time",
    "perhaps": "told of a time that may be that day",
    "undated": "without a date",
}


@dataclass(frozen=True, slots=True)
class PlaceAccount:
    """One account of one place."""

    kind: str  # BELONGING, CONTROL
    place: str
    party: str  # to whom it belongs, or who controls it
    aspect: str  # holding, gain, loss; for belonging, in which way
    extent: str
    is_denied: bool
    start: str  # first day of the time told of; empty where that is open or untold
    end: str
    is_told: bool  # the time is that of the claim; else of the statement, for want of it
    claimant: str
    behalf: str  # for whom the claimant speaks
    source: str
    account: str  # the claim or placement

    def on(self, day: str) -> str:
        """Say how the account stands to a day: one of `STANDINGS`, or nothing if it is later."""
        if not self.start and not self.end:
            return "undated"
        if not day:
            return "day"
        if self.start > day:
            return ""
        if self.end and self.end < day:
            return "before"
        return "day" if self.start and self.end else "perhaps"

    @property
    def tellers(self) -> tuple[str, str, str]:
        """Whose account it is, for whom that one speaks, and where it was read."""
        return self.claimant, self.behalf, self.source


@dataclass(slots=True)
class PlaceAccounts:
    """All accounts, with the labels of what they join."""

    accounts: list[PlaceAccount]
    labels: dict[str, str]

    def label(self, iri: str) -> str:
        """Name a thing."""
        return self.labels.get(iri) or names.shorten(iri)

    @property
    def tellers(self) -> dict[str, str]:
        """Whose accounts there are, and the sources in which they were read."""
        found = {
            iri
            for each in self.accounts
            for iri in (each.claimant, each.behalf, each.source)
            if iri
        }
        return {iri: self.label(iri) for iri in found}

    @property
    def days(self) -> list[str]:
        """The days on which a time that is told of begins or ends."""
        return sorted({day for each in self.accounts for day in (each.start, each.end) if day})


def place_accounts() -> PlaceAccounts:
    """Find the accounts of places in the snapshot that is served."""
    return _read(site().snapshot.name)


@lru_cache(maxsize=2)  # while one snapshot follows the other
def _read(_: str) -> PlaceAccounts:
    read = [
        {name: row[name].value if row[name] else "" for name in _NAMES}
        for text in (_PLACEMENTS, _SOVEREIGNTY, _CONTROL)
        for row in solutions(text)
    ]
    labels = label(values[name] for values in read for name in _THINGS if values[name])
    found: dict[tuple[str, str, str], PlaceAccount] = {}
    for values in read:
        account = _account(values, labels)
        found.setdefault((account.account, account.place, account.party), account)
    return PlaceAccounts(list(found.values()), labels)


def _account(values: dict[str, str], labels: dict[str, str]) -> PlaceAccount:
    is_told = bool(values["start"] or values["end"])
    start, end = ("start", "end") if is_told else ("saidFrom", "saidTo")
    return PlaceAccount(
        kind=values["kind"],
        place=values["place"],
        party=values["party"],
        aspect=labels.get(values["aspect"], ""),
        extent=labels.get(values["extent"], ""),
        is_denied=values["polarity"] == f"{_STV}denied",
        start=values[start],
        end=values[end],
        is_told=is_told,
        claimant=values["claimant"],
        behalf=values["behalf"],
        source=values["source"],
        account=values["account"],
    )


_THINGS = ("place", "party", "aspect", "extent", "claimant", "behalf", "source")
_NAMES = (*_THINGS, "kind", "account", "polarity", "start", "end", "saidFrom", "saidTo")


def _select(kind: str, pattern: str) -> str:
    variables = " ".join(f"?{name}" for name in _NAMES)
    return f"""SELECT {variables} WHERE {{
{pattern}
  BIND("{kind}" AS ?kind)
}} LIMIT {_MOST}"""


_IN_STATEMENT = f"""
  ?account <{_ST}polarity> ?polarity ; <{_ST}claimedIn> ?statement .
  ?statement <{_ST}speaker> ?claimant .
  OPTIONAL {{ ?statement <{_ST}onBehalfOf> ?behalf }}
  OPTIONAL {{ ?statement <{_ST}readIn> ?source }}
  OPTIONAL {{ ?statement <{_ST}notBefore> ?saidFrom }}
  OPTIONAL {{ ?statement <{_ST}notAfter> ?saidTo }}
  OPTIONAL {{ ?account <{_ST}notBefore> ?start }}
  OPTIONAL {{ ?account <{_ST}notAfter> ?end }}"""
_PLACEMENTS = _select(
    BELONGING,
    f"""  ?account a <{_ST}Placement> ; <{_ST}placed> ?place ; <{_ST}placedIn> ?party ;
    <{_ST}accordingTo> ?claimant .
  OPTIONAL {{ ?account <{_ST}notBefore> ?start }}
  OPTIONAL {{ ?account <{_ST}notAfter> ?end }}""",
)
_SOVEREIGNTY = _select(
    BELONGING,
    f"""  ?account a <{_ST}SovereigntyClaim> ; <{_ST}claimedPlace> ?place ;
    <{_ST}claimedSovereign> ?party .
  OPTIONAL {{ ?account <{_ST}sovereigntyKind> ?aspect }}
{_IN_STATEMENT}""",
)
_CONTROL = _select(
    CONTROL,
    f"""  ?account a <{_ST}ControlClaim> ; <{_ST}controlledPlace> ?place ;
    <{_ST}controller> ?party .
  OPTIONAL {{ ?account <{_ST}controlAspect> ?aspect }}
  OPTIONAL {{ ?account <{_ST}extent> ?extent }}
{_IN_STATEMENT}""",
)
