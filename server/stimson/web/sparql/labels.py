"""What things are called: one label for each, in the first language that has one."""

from collections.abc import Iterable

from ... import names
from .quads import solutions
from .term_view import is_iri

LABELS = (
    f"{names.PREFIXES['rdfs']}label",
    f"{names.PREFIXES['skos']}prefLabel",
    f"{names.PREFIXES['dcterms']}title",
)
_LANGUAGES = ("en", "uk", "")  # the first that a label has is shown


def label(iris: Iterable[str], timeout: float | None = None) -> dict[str, str]:
    """Find the labels, by IRI; `timeout` is in seconds."""
    values = " ".join(f"<{iri}>" for iri in sorted(set(iris)) if is_iri(iri))
    if not values:
        return {}
    kinds = "|".join(f"<{iri}>" for iri in LABELS)
    found: dict[str, list[tuple[int, str]]] = {}
    for row in solutions(
        f"""SELECT DISTINCT ?thing ?label WHERE {{
  VALUES ?thing {{ {values} }} ?thing {kinds} ?label
}}""",
        timeout=timeout,
    ):
        language = getattr(row["label"], "language", None) or ""
        rank = _LANGUAGES.index(language) if language in _LANGUAGES else len(_LANGUAGES)
        found.setdefault(row["thing"].value, []).append((rank, row["label"].value))
    return {iri: min(ranked)[1] for iri, ranked in found.items()}
