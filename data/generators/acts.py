"""Acts in order of time, resolutions with their votes, and stances."""

from collections import defaultdict

from .reference import Row, read
from .turtle import block, date, document, name, names, number, string, text, texts

_CHOICES = {
    "yes": "stv:in-favour",
    "no": "stv:against",
    "abstain": "stv:abstention",
    "absent": "stv:not-voting",
}
# Only these change, or are meant to change, the status of a place; the others are about it.
_STATUS = ("annexation", "independence", "legal-integration")
_ADOPTED = {"en": "resolution", "uk": "резолюція", "ru": "резолюция"}
_DRAFT = {"en": "draft resolution", "uk": "проєкт резолюції", "ru": "проект резолюции"}
_CITED = "As given by the pages cited for the act."


def files() -> dict[str, str]:
    """Write the files about acts."""
    territories = {row["iso3166_2"]: f"territory:{row['slug']}" for row in read("regions")}
    chronology = [part for row in read("acts") for part in _act(row, territories)]
    further = [_further(row) for row in read("further-sources")]
    further[0] = "# Acts described elsewhere: where else they are attested\n\n" + further[0]
    resolutions = read("resolutions")
    united_nations = [part for row in resolutions for part in _resolution(row, territories)]
    return {
        "acts/chronology.ttl": document(
            chronology + further, "Acts by date, after pages that are cited, not read in full."
        ),
        "acts/united-nations.ttl": document(
            united_nations, "Resolutions of the United Nations, with their official totals."
        ),
        "stances/stances.ttl": document(map(_stance, read("stances")), "Who takes which position."),
        "stances/steps.ttl": document(
            map(_step_of_stance, read("stance_steps")),
            "Steps of stances that rest on declarations and other acts; those that rest on a text "
            "are beside it.",
        ),
        **_votes(resolutions),
    }


def _act(row: Row, territories: dict[str, str]) -> list[str]:
    places = _places(row, territories)
    changes = row["purported_effect"] in _STATUS
    act = f"act:{row['slug']}"
    return [
        block(
            act,
            f"st:{row['kind']}",
            ("rdfs:label", text(row["label"])),
            ("dcterms:identifier", string(row["identifier"])),
            ("st:issuedBy", row["issued_by"].split()),
            ("st:speaker", row["speaker"]),
            ("st:onBehalfOf", row["on_behalf_of"].split()),
            ("st:capacity", text(row["capacity"])),
            ("st:partOfProcess", row["process"]),
            ("dcterms:isPartOf", row["part_of"]),
            ("st:purportedEffect", _concept(row["purported_effect"])),
            ("st:purportedTerritory" if changes else "dcterms:spatial", places),
            ("st:purportedFrom", row["purported_from"]),
            ("st:purportedTo", row["purported_to"]),
            ("st:citedWords", text(row["cited_words"], row["cited_language"] or "en")),
            ("st:invokes", names("norm", row["invokes"])),
            ("dcterms:source", names("citation", row["sources"])),
            ("skos:editorialNote", text(row["note"])),
        ),
        _stage(act, row),
    ]


def _places(row: Row, territories: dict[str, str]) -> list[str]:
    """Name places by their code in ISO 3166-2, or else by their own name."""
    return [territories.get(code) or name(code) for code in row["territories"].split()]


def _stage(act: str, row: Row) -> str:
    kind = row["stage_kind"]
    label = row.get("label") or row["identifier"]
    return block(
        f"{act}-{kind}",
        "st:ActStage",
        ("rdfs:label", text(f"{_step(row)} {_article(label)}")),
        ("st:stageOf", act),
        ("st:stageKind", _concept(kind)),
        ("st:takenBy", row["taken_by"].split()),
        ("st:outcome", _concept(row["outcome"])),
        ("st:notBefore", date(row["not_before"])),
        ("st:notAfter", date(row["not_after"])),
        ("st:dateBasis", _concept(row["date_basis"])),
        ("st:dateNote", text(row["date_note"] or _CITED)),
    )


def _step(row: Row) -> str:
    """Name a step so that the name of its act can follow."""
    if row["stage_kind"] == "voting":
        return "voting in" if row.get("kind") == "Referendum" else "voting on"
    return "delivery of" if row["stage_kind"] == "judgment" else f"{row['stage_kind']} of"


def _article(label: str) -> str:
    """Put the article before a common noun: "the treaty", but "Decree No. 71"."""
    return f"the {label}" if label[0].islower() else label


def _concept(slug: str) -> str:
    return f"stv:{slug}" if slug else ""


def _further(row: Row) -> str:
    sources = names("citation", row["sources"])
    return block(row["subject"], "", ("dcterms:source", sources))


def _resolution(row: Row, territories: dict[str, str]) -> list[str]:
    act, body = f"act:{row['slug']}", f"organization:{row['body']}"
    nouns = _DRAFT if row["outcome"] == "rejected" else _ADOPTED
    dates = {"not_before": row["date"], "not_after": row["date"]}
    stage = {"stage_kind": "voting" if row["outcome"] == "rejected" else "adoption"}
    basis = {"date_basis": "external", "date_note": "As given by the record cited for the act."}
    return [
        block(
            act,
            "st:Resolution",
            (
                "rdfs:label",
                texts(**{tag: f"{noun} {row['identifier']}" for tag, noun in nouns.items()}),
            ),
            ("dcterms:title", text(row["title"])),
            ("dcterms:identifier", string(row["identifier"])),
            ("st:issuedBy", body),
            ("dcterms:spatial", _places(row, territories)),
            ("st:totalInFavour", number(row["in_favour"])),
            ("st:totalAgainst", number(row["against"])),
            ("st:totalAbstaining", number(row["abstaining"])),
            ("st:totalNotVoting", number(row["not_voting"])),
            ("st:citedWords", text(row["cited_words"], row["cited_language"] or "en")),
            ("st:invokes", names("norm", row["invokes"])),
            ("dcterms:source", names("citation", row["sources"])),
            ("skos:editorialNote", text(_sentences(row))),
        ),
        _stage(act, {**row, **dates, **stage, **basis, "taken_by": body}),
    ]


def _sentences(row: Row) -> str:
    meeting = f"Meeting: {row['meeting']}." if row["meeting"] else ""
    return " ".join(part for part in (row["note"], meeting) if part)


def _votes(resolutions: list[Row]) -> dict[str, str]:
    """Write one file per resolution."""
    records = {row["slug"]: row for row in resolutions}
    votes: dict[str, list[str]] = defaultdict(list)
    for row in read("votes"):
        votes[row["resolution"]].append(_vote(row))
    return {
        f"votes/{slug}.ttl": document(
            found,
            f"Votes on {records[slug]['identifier']}, {records[slug]['date']}. "
            "Not voting is what the record says; nothing follows from it.",
        )
        for slug, found in votes.items()
    }


def _vote(row: Row) -> str:
    return block(
        f"vote:{row['resolution']}-{row['state']}",
        "st:Vote",
        ("st:voter", f"state:{row['state']}"),
        ("st:votedOn", f"act:{row['resolution']}"),
        ("st:choice", _CHOICES[row["vote"]]),
        ("dcterms:source", names("citation", row["sources"])),
    )


def _stance(row: Row) -> str:
    return block(
        f"stance:{row['slug']}",
        "st:Stance",
        ("rdfs:label", text(row["label"])),
        ("st:holder", name(row["holder"])),
        ("st:stanceObject", name(row["object"])),
        ("st:position", _concept(row["position"])),
        ("st:recognitionOf", _concept(row["recognition_of"])),
        ("st:inFavourOf", row["in_favour_of"]),
        ("st:condition", text(row["condition"])),
        ("skos:editorialNote", text(row["note"])),
    )


def _step_of_stance(row: Row) -> str:
    return block(
        f"step:{row['slug']}",
        "st:StanceStep",
        ("rdfs:label", text(row["label"])),
        ("st:stepOf", name(f"stance:{row['stance']}")),
        ("st:stepKind", _concept(row["kind"])),
        ("st:evidence", name(row["evidence"])),
        ("st:notBefore", date(row["not_before"])),
        ("st:notAfter", date(row["not_after"])),
        ("st:dateBasis", _concept(row["date_basis"])),
        ("st:dateNote", text(row["date_note"] or "That of the act which is its evidence.")),
        ("skos:editorialNote", text(row["note"])),
    )
