"""States, the bodies and groups they belong to, and their memberships."""

from collections import defaultdict

from .reference import Row, by, read
from .turtle import block, date, document, names, string, text, texts

_STATES = (
    "States: members and observers of the United Nations. Short names are CLDR's, "
    "official names are those of ISO 3166, other names are the United Nations'."
)

# Described in organizations.ttl and groups.ttl.
_BY_HAND = {"european-union": "European Union", "g7": "Group of Seven (G7)"}


def files() -> dict[str, str]:
    """Write the files about actors."""
    bodies = read("bodies")
    plain = [row for row in bodies if row["kind"] != "ContestedEntity"]
    claimed = [row for row in bodies if row["kind"] == "ContestedEntity"]
    return {
        "actors/states.ttl": document(map(_state, read("states")), _STATES),
        "actors/bodies.ttl": document(map(_body, plain), "Bodies and groups of states."),
        "actors/claimed-entities.ttl": document(
            map(_body, claimed),
            "Entities, not regions: what they claim, or what is claimed for them, is a claim.",
        ),
        **_memberships(),
    }


def _state(row: Row) -> str:
    short, un_name = row["name_en_cldr"], row["name_en_unterm"]
    official = texts(
        en=row["official_name_en"], uk=row["official_name_uk"], ru=row["official_name_ru"]
    )
    return block(
        f"state:{row['slug']}",
        "st:State",
        ("rdfs:label", texts(en=short, uk=row["name_uk"], ru=row["name_ru"])),
        ("skos:altLabel", text(un_name) if un_name != short else ""),
        ("st:officialName", official),
        ("st:iso3166Alpha2", string(row["iso2"])),
        ("st:iso3166Alpha3", string(row["iso3"])),
        ("st:m49Code", string(row["m49"])),
        ("dcterms:source", names("citation", row["sources"])),
        ("skos:editorialNote", text(row["note"])),
    )


def _body(row: Row) -> str:
    return block(
        f"organization:{row['slug']}",
        f"st:{row['kind']}",
        ("rdfs:label", texts(en=row["name_en"], uk=row["name_uk"], ru=row["name_ru"])),
        ("st:organOf", row["organ_of"]),
        ("st:since", date(row["since"])),
        ("st:until", date(row["until"])),
        ("dcterms:source", names("citation", row["sources"])),
        ("skos:editorialNote", text(row["note"])),
    )


def _memberships() -> dict[str, str]:
    """Write one file per group."""
    states, bodies = by("slug", "states"), by("slug", "bodies")
    names_of = {**{slug: body["name_en"] for slug, body in bodies.items()}, **_BY_HAND}
    groups: dict[str, list[str]] = defaultdict(list)
    for row in read("memberships"):
        label = f"{states[row['state']]['name_en_cldr']} in {names_of[row['group']]}"
        groups[row["group"]].append(_membership(row, label))
    return {
        f"actors/memberships-{group}.ttl": document(
            found, f"Members of a body or group: {names_of[group]}."
        )
        for group, found in groups.items()
    }


def _membership(row: Row, label: str) -> str:
    return block(
        f"membership:{row['state']}-in-{row['group']}",
        "st:Membership",
        ("rdfs:label", text(label)),
        ("st:member", f"state:{row['state']}"),
        ("st:memberOf", f"organization:{row['group']}"),
        ("st:capacityOfMember", f"stv:{row['capacity']}"),
        ("st:asOf", date(row["as_of"])),
        ("dcterms:source", names("citation", row["sources"])),
        ("skos:editorialNote", text(row["note"])),
    )
