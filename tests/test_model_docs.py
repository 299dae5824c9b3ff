"""The model as told: snippets are in the data, diagrams are up to date, no term is left out."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pyoxigraph
import pytest
from rdflib import OWL, RDF, RDFS, SKOS, Literal, URIRef

from stimson import names, paths
from turtle_files import DATA_FILES, ONTOLOGY_FILES, iris, read
from waiting import PATIENCE

ROOT = Path(__file__).parents[1]
MODEL = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"^```turtle\n(.*?)^```", MODEL, re.DOTALL | re.MULTILINE)
PREFIXES = "".join(f"@prefix {short}: <{space}> .\n" for short, space in names.PREFIXES.items())
OURS = ("st", "stv", *names.KINDS)
NAMED = re.compile(rf"(?<![\w:/-])({'|'.join(OURS)}):([A-Za-z]\w*(?:-\w+)*)")
ONTOLOGY = read(*ONTOLOGY_FILES)
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, SKOS.ConceptScheme, SKOS.Concept)
TERMS = sorted({term for kind in KINDS for term in iris(ONTOLOGY.subjects(RDF.type, kind))})
WORDS = (RDFS.label, SKOS.definition, SKOS.scopeNote, SKOS.example)


@pytest.fixture(scope="module")
def data() -> pyoxigraph.Store:
    store = pyoxigraph.Store()
    for file in (*DATA_FILES, *ONTOLOGY_FILES):
        store.bulk_load(path=str(file), format=pyoxigraph.RdfFormat.TURTLE)
    return store


def unsaid(store: pyoxigraph.Store, snippet: str) -> list[str]:
    """List the triples of a snippet that the files do not hold; "…" stands for any text."""
    triples = pyoxigraph.parse(PREFIXES + snippet, format=pyoxigraph.RdfFormat.TURTLE)
    return [str(triple.triple) for triple in triples if not is_said(store, triple)]


def is_said(store: pyoxigraph.Store, triple: pyoxigraph.Quad) -> bool:
    text = triple.object
    if not isinstance(text, pyoxigraph.Literal) or text.value != "…":
        return any(store.quads_for_pattern(triple.subject, triple.predicate, text))
    found = (
        quad.object for quad in store.quads_for_pattern(triple.subject, triple.predicate, None)
    )
    literals = (value for value in found if isinstance(value, pyoxigraph.Literal))
    return (text.language, text.datatype) in {(one.language, one.datatype) for one in literals}


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda text: text.split()[0])
def test_a_snippet_says_what_the_files_say(data, snippet):
    assert unsaid(data, snippet) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("st:holder state:united-states", "st:holder person:antony-blinken"),
        ("st:IntentionClaim", "st:LegalityClaim"),
        (
            '"2022-10-05"^^xsd:date ;\n    st:dateBasis',
            '"2022-10-06"^^xsd:date ;\n    st:dateBasis',
        ),
        ("oa:start 3459", "oa:start 3460"),
        ("—indeed, we", "—indeed we"),
        ('st:passageSha256 "…"', 'st:passageSha256 "…"@en'),
        ('oa:prefix "…"', 'oa:exact "…"@en'),
        ("step:united-states-non-recognition-newsweek", "step:united-states-nonrecognition"),
    ],
)
def test_a_snippet_that_says_something_else_is_found(data, right, wrong):
    snippet = next(text for text in SNIPPETS if right in text)

    assert unsaid(data, snippet.replace(right, wrong, 1))


def test_every_name_in_the_prose_is_one_of_ours(data):
    found = {f"{names.PREFIXES[prefix]}{name}" for prefix, name in NAMED.findall(MODEL)}
    known = {quad.subject.value for quad in data if isinstance(quad.subject, pyoxigraph.NamedNode)}

    assert len(found) > 50
    assert found - known == set()


# Diagrams


def generate(root: Path, *arguments: str, seed: str = "0") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(root / "docs" / "generate.py"), *arguments],
        env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONWARNINGS": "error"},
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )


def copy(target: Path) -> Path:
    """Copy what the generator reads and writes."""
    for source in (ROOT / "docs", paths.ONTOLOGY, paths.SHAPES):
        ignored = shutil.ignore_patterns("__pycache__", "*.png")
        shutil.copytree(source, target / source.name, ignore=ignored)
    return target


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documents, written anew."""
    root = copy(tmp_path_factory.mktemp("built"))
    result = generate(root, seed="1")
    assert (result.returncode, result.stderr) == (0, "")
    return root


def test_the_diagrams_are_up_to_date():
    result = generate(ROOT, "--check")

    assert (result.returncode, result.stderr) == (0, "")


def test_writing_twice_writes_the_same(built, tmp_path):
    again = copy(tmp_path)

    assert generate(again, seed="2").returncode == 0
    for file in ("docs/model.md", "build/docs/index.html"):
        assert (again / file).read_bytes() == (built / file).read_bytes(), file


NEW_TERM = """
st:witnessedAt a owl:ObjectProperty ;
    rdfs:label "is witnessed at"@en , "засвідчено в"@uk ;
    rdfs:domain st:Stance ;
    rdfs:range st:Place ;
    skos:definition "relates a stance to where it was witnessed"@en ;
    rdfs:isDefinedBy <https://w3id.org/stimson/ontology/stance> .
"""


def test_a_change_of_the_ontology_or_the_shapes_is_noticed_and_drawn(tmp_path):
    root = copy(tmp_path)
    with (root / "ontology" / "stance.ttl").open("a", encoding="utf-8") as file:
        file.write(NEW_TERM)
    shape, name = root / "shapes" / "statement.ttl", '    sh:name "speaker"@en ;\n'
    text = shape.read_text(encoding="utf-8")
    shape.write_text(text.replace(f"{name}    sh:minCount 1", f"{name}    sh:minCount 0"), "utf-8")

    result = generate(root, "--check")
    assert result.returncode == 1
    assert result.stderr == "docs/model.md is out of date; run: make docs\n"

    assert generate(root).returncode == 0
    page = (root / "docs" / "model.md").read_text(encoding="utf-8")
    assert "Stance --> Place : witnessedAt [0..#42;]" in page
    assert "<br/>speaker [0..1]\n" in page
    assert 'id="witnessedAt"' in (root / "build/docs/index.html").read_text(encoding="utf-8")


def test_arrows_and_attributes_say_how_often_and_of_what():
    for line in (
        "Stance --> Actor : holder [1]<br/>inFavourOf [0..#42;]",
        "position : stv:attitudes or stv:positions [1]",
        "Claim <|-- ControlClaim",
        "totalAgainst : integer [0..1]",
        "Passage --> Source : oa#58;hasSource [1]",
    ):
        assert f"    {line}\n" in MODEL


@pytest.fixture(scope="module")
def blocks() -> ModuleType:
    path = ROOT / "docs" / "generators" / "blocks.py"
    spec = importlib.util.spec_from_file_location("blocks", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_block_is_replaced_and_the_rest_is_kept(blocks):
    page = "a\n<!-- generated: x -->\nold\n<!-- /generated -->\nb\n"

    assert blocks.fill(page, {"x": r"n\1w"}) == page.replace("old", r"n\1w")


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("", "x stands 0 times"),
        ("<!-- generated: x -->\n<!-- /generated -->\n" * 2, "x stands 2 times"),
        ("<!-- generated: y -->\n<!-- /generated -->\n", "x stands 0 times"),
        ("<!-- generated: a -->\n<!-- /generated -->\n", "nothing generates a; delete its block"),
        ("<!-- generated: x -->\n", "a generated block is not closed"),
        ("<!-- generated: x -->\n<!-- generated: y -->\n<!-- /generated -->", "is not closed"),
    ],
)
def test_a_page_with_a_wrong_block_is_refused(blocks, page, message):
    with pytest.raises(blocks.BlockFault, match=message):
        blocks.fill(page, {"x": "new"})


# Reference


class Page(HTMLParser):
    """The texts of a page by the element with an id that they stand in, and what it links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self._open: list[tuple[str, str]] = []
        self.texts: dict[str, str] = {}
        self.links: set[str] = set()
        self.loaded: list[str] = []
        self.ids: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        given = {key: value or "" for key, value in attrs}
        self.ids += [given["id"]] if "id" in given else []
        self.links |= {given["href"]} if tag == "a" else set()
        self.loaded += [tag] if tag in ("script", "link", "img", "iframe") else []
        if tag not in ("meta", "br", "link", "img"):
            self._open.append((tag, given.get("id", "")))

    def handle_endtag(self, tag: str) -> None:
        """Close an element; one left open would swallow what follows."""
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        """Keep a text for every element that is open."""
        for name in (name for _, name in self._open if name):
            self.texts[name] = self.texts.get(name, "") + data


@pytest.fixture(scope="module")
def reference(built: Path) -> Page:
    return Page((built / "build" / "docs" / "index.html").read_text(encoding="utf-8"))


def anchor(term: str) -> str:
    space, _, name = names.shorten(term).partition(":")
    return name if space == "st" else f"{space}-{name}"


def said_of(term: URIRef) -> Iterator[str]:
    """List what people must be told of a term: labels, definition, notes, examples, relations."""
    for path, value in ONTOLOGY.predicate_objects(term):
        if path in WORDS and (isinstance(value, Literal) and value.language != "uk"):
            yield str(value)
        if path == RDFS.label:
            yield str(value)
        if path in (RDFS.domain, RDFS.range, RDFS.subClassOf, RDFS.subPropertyOf):
            yield names.shorten(str(value))


@pytest.mark.parametrize("term", TERMS, ids=names.shorten)
def test_the_reference_tells_all_of_a_term(reference, term):
    told = reference.texts[anchor(term)]

    assert names.shorten(term) in told
    assert [text for text in said_of(term) if text not in told] == []


def test_the_reference_tells_every_rule(reference):
    rules = sorted((paths.ONTOLOGY / "rules").glob("*.rq"))

    assert rules
    for path in rules:
        sentence = re.findall(r"^#\+ sentence: (.*)", path.read_text("utf-8"), re.MULTILINE)[0]
        assert sentence in reference.texts[f"rule-{path.stem}"]


def test_links_within_the_reference_lead_somewhere_and_nothing_is_loaded(reference):
    assert len(reference.ids) == len(set(reference.ids))
    within = {link.removeprefix("#") for link in reference.links if link.startswith("#")}
    assert len(within) > len(ONTOLOGY_FILES)
    assert within - set(reference.ids) == set()
    assert reference.loaded == []
