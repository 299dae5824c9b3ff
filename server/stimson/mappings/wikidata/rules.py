"""What is asked of our data and Wikidata together."""

from ... import names
from ...findings import Rule, StageRun

STAGE = StageRun("wikidata", "Wikidata says the same")
_ALL = {
    "wikidata-missing": "An item that is mapped is there.",
    "wikidata-redirect": "A mapping names an item by the identifier that it has now.",
    "wikidata-unread": "An item that is mapped is among those that were fetched.",
    "wikidata-class": "An item that is mapped is of the kind of thing that we take it for.",
    "wikidata-label": "A thing is called the same, in each language.",
    "wikidata-code": "A thing has the same codes.",
    "wikidata-coordinates": "A place is where its item is.",
    "wikidata-hierarchy": "A place lies in what its item lies in.",
}
RULES = {
    f"{names.RULE}{slug}": Rule(f"{names.RULE}{slug}", slug, demand, STAGE.name)
    for slug, demand in _ALL.items()
}
