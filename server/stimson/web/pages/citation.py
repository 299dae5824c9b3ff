"""How to cite a thing, an answer or the whole dataset: in words, as BibTeX, as CSL-JSON.

The edition is part of each: what the graph says may be otherwise in another one. Nobody is named
as an author whom the project does not name.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, json

from ... import __version__, names
from ...queries import SavedQuery
from ..sparql.flask_responses import etag_of, with_etag
from ..sparql.metadata import LICENCE
from ..sparql.site import site

BIBTEX, CSL = ".bib", ".csl.json"
ENDINGS = {
    BIBTEX: "application/x-bibtex; charset=utf-8",
    CSL: "application/vnd.citationstyles.csl+json",
}
TITLE = "Stimson: a knowledge graph of recognition and non-recognition of territorial change"
_BIBTEX = {
    **{character: f"\\{character}" for character in "&%$#_"},
    **{"\\": r"\textbackslash ", "~": r"\textasciitilde ", "^": r"\textasciicircum "},
    **{"{": r"\textbraceleft ", "}": r"\textbraceright "},  # no brace may be left open
}


@dataclass(frozen=True, slots=True)
class Citation:
    """What is cited: its title, what kind of thing it is, and its address."""

    title: str
    kind: str
    address: str

    @property
    def edition(self) -> str:
        """The program's version, and the name of the snapshot."""
        return f"{__version__}, edition {site().snapshot.name}"

    @property
    def day(self) -> list[int]:
        """Year, month and day on which the edition was made; nothing if that is not known."""
        try:
            made = datetime.fromisoformat(site().snapshot.manifest.get("created", ""))
        except ValueError:
            return []
        return [made.year, made.month, made.day]

    @property
    def text(self) -> str:
        """The citation in words."""
        year = f" ({self.day[0]})" if self.day else ""
        if self.title == TITLE:
            return f"{TITLE}{year}. Version {self.edition}. {self.address}"
        kind = f" [{self.kind}]" if self.kind else ""
        return f"“{self.title}”{kind}. In: Stimson{year}, version {self.edition}. {self.address}"

    @property
    def bibtex(self) -> str:
        """The citation as an entry of BibTeX."""
        fields = {
            "title": f"{{{_escape(self.title)}}}",
            "howpublished": _escape("Stimson, a knowledge graph"),
            "edition": _escape(self.edition),
            **({"year": str(self.day[0])} if self.day else {}),
            "url": self.address,  # encoded, so without a brace
            "note": "Licence CC BY 4.0",
        }
        lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
        return f"@misc{{{self._key},\n{lines}}}\n"

    @property
    def csl(self) -> str:
        """The citation as an item of CSL-JSON."""
        item: dict[str, Any] = {
            "id": self._key,
            "type": "dataset",
            "title": self.title,
            "container-title": "Stimson",
            "version": self.edition,
            "URL": self.address,
            "note": f"Licence: {LICENCE}",
            **({"genre": self.kind} if self.kind else {}),
            **({"issued": {"date-parts": [self.day]}} if self.day else {}),
        }
        return json.dumps([item], ensure_ascii=False, indent=2) + "\n"

    @property
    def _key(self) -> str:
        end = self.address.partition("?")[0].rpartition("/")[2]
        return f"stimson-{re.sub(r'[^A-Za-z0-9-]+', '-', end).strip('-') or 'dataset'}"

    def send(self, ending: str) -> Response:
        """Answer with the citation in the form of an ending."""
        body = self.bibtex if ending == BIBTEX else self.csl
        return with_etag(
            etag_of("citation", self.address, self.title, ending),
            lambda: Response(body, content_type=ENDINGS[ending]),
        )


def of_thing(iri: str, title: str) -> Citation:
    """Cite a thing of the graph under its permanent name."""
    is_thing = iri.startswith(names.ID)
    return Citation(title, iri.removeprefix(names.ID).partition("/")[0] if is_thing else "", iri)


def of_answer(saved: SavedQuery, path: str) -> Citation:
    """Cite the answer of a saved query, with its values."""
    return Citation(saved.title, "answer of a saved query", f"{names.BASE[:-1]}{path}")


def of_dataset() -> Citation:
    """Cite the edition that is served."""
    return Citation(TITLE, "", f"{names.DATASET}/{site().snapshot.name}")


def split_ending(path: str) -> tuple[str, str]:
    """Part an address from the ending that asks for a citation; without one it is empty."""
    ending = next((each for each in ENDINGS if path.endswith(each)), "")
    return path.removesuffix(ending), ending


def _escape(text: str) -> str:
    return "".join(_BIBTEX.get(each, each) for each in " ".join(text.split()))
