# ruff: noqa: RUF001  (letters that look alike are what this is about)
"""Letters that look alike are told apart, and texts may be in any language and script."""

import re
from pathlib import Path

import pytest

from contexts import found, read_context
from stimson.validation.literal_checks import check_literals
from stimson.validation.scripts import APOSTROPHES, SCRIPTS, script_of, writing_fault

ROOT = Path(__file__).parents[1]
LATIN_I, LATIN_K, GREEK_O = "i", "K", "\u03bf"
RIGHT, MODIFIER = "\u2019", "\u02bc"
HEAD = """\
@prefix ex: <https://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix st: <https://w3id.org/stimson/ontology#> .
"""


def rule(text: str, tag: str) -> str | None:
    fault = writing_fault(text, tag)
    return fault and fault.rule


@pytest.mark.parametrize(
    ("text", "tag", "expected"),
    [
        (f"прибуття в {LATIN_K}иїв", "uk", "mixed-script"),
        (f"{LATIN_K}иїв", "x-nobody", "mixed-script"),
        (f"h{GREEK_O}me", "en", "mixed-script"),
        ("arrival at Київ", "en", "foreign-script"),
        ("Ankunft in Київ", "de-AT", "foreign-script"),
        ("Београд", "sr-Latn", "foreign-script"),
        (f"Київ {LATIN_I} Львів", "uk", "foreign-script"),
        ("Αθήνα и Київ", "el", "foreign-script"),
        ("об'єкт", "uk", "apostrophe"),
        (f"об{MODIFIER}єкт", "uk-UA", "apostrophe"),
        ("Кот-д'Ивуар", "ru", "apostrophe"),
    ],
)
def test_what_looks_right_and_is_not_is_found(text, tag, expected):
    assert rule(text, tag) == expected


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("Київ", "uk"),
        (f"об{RIGHT}єкт", "uk"),
        ("Telegram", "uk"),
        ("країни BRICS, CNN, IAEA і NATO", "uk"),
        ("the town (Київ) and its name \u201cКиїв\u201d", "en"),
        ("people's and people\u2019s", "en"),
        ("Beograd", "sr"),
        ("Београд", "sr"),
        ("Београд", "sr-Cyrl"),
        ("საქართველო", "ka"),
        ("القدس", "ar"),
        ("ירושלים", "he"),
        ("東京タワーとTシャツ", "ja"),
        ("臺灣", "zh-Hant"),
        ("T-34, \u00b5m, 4\u20136 km\u00b2", "en"),
        ("anything Київ", "sgn"),
    ],
)
def test_any_language_and_script_passes(text, tag):
    assert rule(text, tag) is None


def test_the_script_of_a_language_is_what_its_tag_says():
    tags = ("en", "sr", "sr-Latn-RS", "SR-CYRL", "zh-Hant", "uk-x-old")

    assert [script_of(tag) for tag in tags] == ["Latn", None, "Latn", "Cyrl", None, "Cyrl"]


def test_a_language_has_one_script_at_most():
    languages = [language for of in SCRIPTS.values() for language in of]

    assert len(languages) == len(set(languages))


def test_a_message_names_the_word_and_the_cure():
    fault = writing_fault(f"в {LATIN_K}иїв", "uk")

    assert fault.message.startswith(f"The word \u201c{LATIN_K}иїв\u201d mixes Latin and Cyrillic")
    assert "U+2019" in writing_fault("об'єкт", "uk").message


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("rdfs:label", ["apostrophe"]),
        ("st:gist", ["apostrophe"]),
        ("st:officialName", ["apostrophe"]),
        ("st:nameAsPrinted", []),
        ("st:dateAsPrinted", []),
        ("st:citedWords", []),
    ],
)
def test_texts_of_ours_are_looked_at_and_words_of_sources_are_not(tmp_path, path, expected):
    (tmp_path / "data").mkdir()
    (tmp_path / "stimson.toml").write_text('[validate]\ndata = "data"\n', "utf-8")
    (tmp_path / "data" / "a.ttl").write_text(f'{HEAD}ex:one {path} "об\'єкт"@uk .\n', "utf-8")

    faults = found(check_literals(read_context(tmp_path)))
    assert [(name, *rest[:1]) for name, *rest in faults] == [
        (each, "violation") for each in expected
    ]


def test_in_other_projects_it_is_a_warning(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.ttl").write_text(f'{HEAD}ex:one rdfs:label "об\'єкт"@uk .\n', "utf-8")
    (tmp_path / "stimson.toml").write_text(
        '[validate]\ndata = "data"\nterms = ["https://example.org/"]\n', "utf-8"
    )

    ((name, severity, *_),) = found(check_literals(read_context(tmp_path)))
    assert (name, severity) == ("apostrophe", "warning")


@pytest.mark.parametrize("tag", ["english_uk", "e", "abcdefghi", "en-", "1a"])
def test_a_tag_that_is_not_well_formed_is_no_turtle(tmp_path, tag):
    from stimson.errors import InvalidFile
    from stimson.rdf.turtle.edit import read_turtle

    (tmp_path / "a.ttl").write_text(f'{HEAD}ex:one rdfs:label "x"@{tag} .\n', "utf-8")

    with pytest.raises(InvalidFile):
        read_turtle(tmp_path / "a.ttl")


def test_every_apostrophe_is_documented():
    page = (ROOT / "docs" / "validating.md").read_text("utf-8")
    section = page.partition("\n## Languages and scripts\n")[2].partition("\n## ")[0]

    listed = set(re.findall(r"\(U\+([0-9A-F]{4})\)", section))
    assert listed == {f"{ord(sign):04X}" for sign in APOSTROPHES.values()}
    for rule_name in ("mixed-script", "foreign-script", "apostrophe"):
        assert f"`{rule_name}`" in section
