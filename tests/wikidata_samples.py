"""The items of the made-up world in ``fixtures/wikidata``, as Wikidata would hold them."""

from wikibase import Wikibase, claim, entity

STATE, REGION, TOWN, PERSON, ACT, DISTRICT, CLAIMANT = (f"Q900000{n}" for n in range(1, 8))
IDS = (STATE, REGION, TOWN, PERSON, ACT, CLAIMANT)  # those that are mapped
HUMAN, COUNTRY, CITY, RIVAL = "Q5", "Q6256", "Q515", "Q9000099"


def world() -> Wikibase:
    """Hold items that agree with the data in all that is compared."""
    found = Wikibase()
    found.add(
        entity(
            STATE,
            {"en": "Arcadia", "uk": "Аркадія", "de": "Arkadien"},
            claim(f"{STATE}$A1", "P31", COUNTRY),
            claim(f"{STATE}$A2", "P297", "QA"),
            claim(f"{STATE}$A3", "P298", "QAA"),
            claim(f"{STATE}$A4", "P36", TOWN),
        ),
        entity(
            REGION,
            {"en": "North Oblast"},
            claim(f"{REGION}$B1", "P300", "QA-01"),
            claim(f"{REGION}$B2", "P17", STATE, "preferred", P1310=RIVAL, P580=day("2014-03-18")),
            claim(f"{REGION}$B3", "P17", RIVAL, "deprecated"),
            claim(f"{REGION}$B4", "P1336", RIVAL),
            claim(f"{REGION}$B5", "P1336", "somevalue"),
            claim(f"{REGION}$B6", "P131", STATE, P582=day("2014-00-00", 9), P805="novalue"),
        ),
        entity(
            TOWN,
            {"en": "Harbour", "uk": "Гавань"},
            claim(f"{TOWN}$C1", "P625", (48.01, 36.01)),
            claim(f"{TOWN}$C2", "P131", DISTRICT),
            claim(f"{TOWN}$C3", "P31", CITY),
            claim(f"{TOWN}$C4", "P1566", "424242"),
        ),
        entity(PERSON, {"en": "Jane Doe"}, claim(f"{PERSON}$D1", "P31", HUMAN)),
        entity(ACT, {"en": "Resolution 99/1"}, claim(f"{ACT}$E1", "P3069", "A/RES/99/1")),
        entity(DISTRICT, {"en": "Harbour District"}, claim(f"{DISTRICT}$F1", "P131", REGION)),
        entity(CLAIMANT, {"en": "Free North"}),
    )
    return found


def day(text: str, precision: int = 11) -> dict[str, object]:
    """Write a date as Wikibase does."""
    return {
        "time": {
            **{"time": f"+{text}T00:00:00Z", "timezone": 0, "before": 0, "after": 0},
            "precision": precision,
            "calendarmodel": "http://www.wikidata.org/entity/Q1985727",
        }
    }
