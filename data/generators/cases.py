"""Courses of acts by which a change was purported, where, and what declarations claim of them."""

from .reference import Row, read
from .turtle import block, date, document, name, names, string, text, texts

_CASES = (
    "Earlier cases of purported change: where, from whom and to whom, when, and the acts that "
    "answered them."
)
_NO_END = "From the day of the declaration on; its words set no end."
_KEYS = {
    "intending_actor": "st:intendingActor",
    "assesses": "st:assesses",
    "characterizes": "st:characterizes",
    "claimed_place": "st:claimedPlace",
    "claimed_sovereign": "st:claimedSovereign",
    "supporter": "st:supporter",
    "supported": "st:supported",
    "about": "st:about",
}
_CONCEPTS = {
    "polarity": "st:polarity",
    "assessment": "st:assessment",
    "characterization": "st:characterization",
    "sovereignty_kind": "st:sovereigntyKind",
    "support_kind": "st:supportKind",
}


def files() -> dict[str, str]:
    """Write the files about cases, norms and the claims of declarations."""
    return {
        "precedents/precedents.ttl": document([*_processes(), *_answers()], _CASES),
        "territories/cases.ttl": document(
            map(_place, read("case_places")),
            "Places of earlier cases. Their borders are not drawn.",
        ),
        "acts/norms.ttl": document(
            map(_norm, read("norms")),
            "Norms and doctrines by which changes of territory are judged.",
        ),
        "acts/declaration-claims.ttl": document(
            map(_claim, read("declaration_claims")),
            "What declarations claim, by their cited words.",
        ),
        "actors/designations.ttl": document(
            map(_designation, read("designations")), "Names that parties use, side by side."
        ),
    }


def _named(cell: str) -> list[str]:
    return [name(word) for word in cell.split()]


def _concepts(cell: str) -> list[str]:
    return [f"stv:{slug}" for slug in cell.split()]


def _processes() -> list[str]:
    answers = read("precedents")
    return [_process(row, answers) for row in read("processes")]


def _process(row: Row, answers: list[Row]) -> str:
    process = name(f"act:{row['slug']}")
    sources = names("citation", row["sources"])
    return block(
        process,
        "st:TerritorialProcess",
        ("rdfs:label", texts(en=row["name_en"], uk=row["name_uk"])),
        ("st:purportedEffect", _concepts(row["effects"])),
        ("st:purportedTerritory", _named(row["places"])),
        ("st:purportedFrom", _named(row["purported_from"])),
        ("st:purportedTo", _named(row["purported_to"])),
        ("st:notBefore", date(row["not_before"])),
        ("st:notAfter", date(row["not_after"])),
        ("st:missingBound", _concepts(row["missing_bound"])),
        ("st:dateBasis", _concepts(row["date_basis"])),
        ("st:dateNote", text(row["date_note"])),
        ("st:follows", _named(row["follows"])),
        ("st:answeredBy", _acts(process, answers)),
        ("dcterms:source", [*sources, *_sources(process, answers)]),
        ("skos:editorialNote", text(row["note"])),
    )


def _answers() -> list[str]:
    """Add the answers to courses of acts that are described elsewhere."""
    answers = read("precedents")
    own = {f"act:{row['slug']}" for row in read("processes")}
    elsewhere = dict.fromkeys(row["case"] for row in answers if row["case"] not in own)
    return [
        block(
            name(case),
            "",
            ("st:answeredBy", _acts(case, answers)),
            ("dcterms:source", _sources(case, answers)),
        )
        for case in elsewhere
    ]


def _acts(case: str, answers: list[Row]) -> list[str]:
    return [name(row["act"]) for row in answers if row["case"] == case]


def _sources(case: str, answers: list[Row]) -> list[str]:
    found = " ".join(row["sources"] for row in answers if row["case"] == case)
    return names("citation", found)


def _place(row: Row) -> str:
    return block(
        row["slug"],
        f"st:{row['kind']}",
        ("rdfs:label", texts(en=row["name_en"], uk=row["name_uk"], ru=row["name_ru"])),
        ("st:locatedIn", _named(row["located_in"])),
        ("dcterms:source", names("citation", row["sources"])),
        ("skos:editorialNote", text(row["note"])),
    )


def _norm(row: Row) -> str:
    return block(
        f"norm:{row['slug']}",
        "st:Norm",
        ("rdfs:label", text(row["name_en"])),
        ("st:normIn", _named(row["norm_in"])),
        ("dcterms:identifier", string(row["article"])),
        ("st:citedWords", text(row["cited_words"])),
        ("dcterms:source", names("citation", row["sources"])),
        ("skos:editorialNote", text(row["note"])),
    )


def _claim(row: Row) -> str:
    things = [(term, _named(row[column])) for column, term in _KEYS.items()]
    concepts = [(term, _concepts(row[column])) for column, term in _CONCEPTS.items()]
    return block(
        f"claim:{row['slug']}",
        f"st:{row['kind']}Claim",
        ("rdfs:label", text(row["label"])),
        ("st:claimedIn", name(f"act:{row['declaration']}")),
        ("st:verification", "stv:verification-unstated"),
        *concepts,
        *things,
        ("st:wordsAsPrinted", text(row["words"])),
        ("st:invokes", names("norm", row["invokes"])),
        ("st:notBefore", date(row["not_before"])),
        ("st:notAfter", date(row["not_after"])),
        ("st:missingBound", _concepts(row["missing_bound"])),
        ("st:dateBasis", _concepts(row["date_basis"])),
        ("st:dateNote", text(row["date_note"] or _NO_END)),
        ("skos:editorialNote", text(row["note"])),
    )


def _designation(row: Row) -> str:
    return block(
        f"designation:{row['slug']}",
        "st:Designation",
        ("rdfs:label", text(_latin(row))),
        ("st:designates", name(row["designates"])),
        ("st:designationText", text(row["text"], row["language"])),
        ("st:accordingTo", _named(row["according_to"])),
        ("dcterms:source", names("citation", row["sources"])),
        ("skos:editorialNote", text(row["note"])),
    )


def _latin(row: Row) -> str:
    """Name a designation in English: by its text, as somebody's words, or by its language."""
    thing = row["designates"].split(":")[1].replace("-", " ")
    return f'"{row["text"]}"' if row["language"] == "en" else f"name of {thing} ({row['language']})"
