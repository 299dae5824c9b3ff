"""What other programs read of a page: cards of those who show links, and schema.org as JSON-LD.

A contested thing is a `Thing` there: the words of schema.org for states and provinces would say
more than this graph does.
"""

from dataclasses import dataclass
from typing import Any

from ... import __version__, names
from ..sparql.metadata import LICENCE
from ..sparql.site import site
from .citation import TITLE

_KINDS = {"Person": "Person", "Quotation": "Quotation", "Source": "Article", "Claim": "Claim"}


@dataclass(frozen=True, slots=True)
class PageCard:
    """A page, as others show it: `address` is absolute; `about` is what the page is about."""

    title: str
    description: str
    address: str
    about: dict[str, Any]

    @property
    def linked_data(self) -> dict[str, Any]:
        """The page in the terms of schema.org."""
        return {
            "@context": "https://schema.org",
            "@type": "WebPage",
            "@id": self.address,
            "url": self.address,
            "name": self.title,
            "inLanguage": "en",
            "isPartOf": {"@id": names.DATASET},
            "license": LICENCE,
            "mainEntity": self.about,
        }


def of_thing(iri: str, label: str, types: list[str], description: str) -> PageCard:
    """Make the card of the page about a thing."""
    kinds = (_KINDS.get(each.removeprefix(names.ST)) for each in types)
    kind = next(filter(None, kinds), "Thing")
    about = {"@type": kind, "@id": iri, "name": label}
    return PageCard(label, description, f"{iri}.html", about)


def of_answer(title: str, question: str, address: str, csv: str) -> PageCard:
    """Make the card of an answer: a dataset that can be downloaded."""
    download = {"@type": "DataDownload", "encodingFormat": "text/csv", "contentUrl": csv}
    return PageCard(title, question, address, _dataset(title, question, address, [download]))


def of_dataset(address: str, description: str, downloads: list[tuple[str, str]]) -> PageCard:
    """Make the card of the page about the whole dataset: `downloads` are media types, addresses."""
    found = [
        {"@type": "DataDownload", "encodingFormat": media_type, "contentUrl": url}
        for media_type, url in downloads
    ]
    return PageCard(
        "Data", description, address, _dataset(TITLE, description, names.DATASET, found)
    )


def _dataset(
    name: str, description: str, iri: str, downloads: list[dict[str, str]]
) -> dict[str, Any]:
    return {
        "@type": "Dataset",
        "@id": iri,
        "name": name,
        "description": description,
        "license": LICENCE,
        "version": f"{__version__}, edition {site().snapshot.name}",
        "isAccessibleForFree": True,
        "distribution": downloads,
    }
