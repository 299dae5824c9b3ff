"""The articles themselves, where their texts are at hand: every word is where we say it is."""

import re
import subprocess
import sys
from pathlib import Path

import pyoxigraph
import pytest

from stimson import names, paths

TEXTS = Path(__file__).parents[2] / "shared" / "seeds"
FILES = sorted((paths.DATA / "sources").glob("*.ttl"))

pytestmark = pytest.mark.skipif(
    not TEXTS.is_dir(), reason="the texts of the articles are not kept in the repository"
)

PASSAGES = f"""
PREFIX dcterms: <{names.PREFIXES["dcterms"]}>
PREFIX oa: <{names.PREFIXES["oa"]}>
PREFIX st: <{names.ST}>
SELECT ?name ?start ?end WHERE {{
  ?source a st:Source ; dcterms:identifier ?name .
  ?passage oa:hasSource ?source ; oa:hasSelector ?position .
  ?position oa:start ?start ; oa:end ?end .
}}"""
# What surrounds an article on its page and says nothing: no passage need cover it.
AROUND = {
    "000_c405c5749218fe60": [],
    "001_76d6fe19aca47128": [
        "February 23, 2024",
        "Westside People",
        "Complete News World",
        "Register now to get free unlimited access to Reuters.com",
        "Read more",
        "See also",
        "•",
        "\N{EN DASH}",
        "(Kyiv)",
    ],
    "002_04460ab1e8db44c5": [],
    "003_bbff7fc892929589": ["and"],
    "004_a20d043f97351959": [],
}


def uncovered(name: str, spans: list[tuple[int, int]]) -> list[str]:
    """The stretches of a text with letters in them that no passage covers."""
    text = (TEXTS / f"{name}.txt").read_text(encoding="utf-8")
    kept = list(text)
    for start, end in spans:
        kept[start:end] = "\0" * (end - start)
    rest = "".join(kept)
    for known in AROUND[name]:
        rest = rest.replace(known, "\0")
    return [stretch for stretch in re.split(r"[\0\n]+", rest) if re.search(r"\w", stretch)]


@pytest.fixture(scope="module")
def spans() -> dict[str, list[tuple[int, int]]]:
    store = pyoxigraph.Store()
    for file in FILES:
        store.bulk_load(path=str(file), format=pyoxigraph.RdfFormat.TURTLE)
    found: dict[str, list[tuple[int, int]]] = {}
    for row in store.query(PASSAGES):
        place = (int(row["start"].value), int(row["end"].value))
        found.setdefault(row["name"].value, []).append(place)
    return found


def test_every_quotation_is_in_its_text_letter_by_letter():
    command = [sys.executable, "-m", "stimson", "quote", "verify", "--sources", str(TEXTS)]
    done = subprocess.run(command, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout
    assert re.search(r"48 quotations and 227 passages in 5 sources compared", done.stdout)


@pytest.mark.parametrize("name", AROUND)
def test_no_stretch_of_an_article_is_left_unread(name, spans):
    assert uncovered(name, spans[name]) == []
